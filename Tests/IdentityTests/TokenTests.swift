import Bytes
import Cryptography
import Identity
import Testing

@Suite("Tokens")
struct TokenTests {
    static let secret = Array("0123456789abcdef0123456789abcdef".utf8)
    static let now = Timestamp(milliseconds: 1_800_000_000_000)

    /// Signs any header and claims.
    static func token(
        _ claims: String, header: String = #"{"alg":"HS256","typ":"JWT"}"#, secret: [UInt8] = secret
    ) -> String {
        let signed = Base64.encodeURL(header.utf8Span.span) + "." + Base64.encodeURL(claims.utf8Span.span)
        return signed + "."
            + Base64.encodeURL(HMAC.sha256(key: secret.span, message: signed.utf8Span.span).span)
    }

    static func verify(_ token: String) throws -> Principal {
        try TokenVerifier(secrets: [Array("another-secret-another-secret-32".utf8), secret]).verify(
            token, now: now)
    }

    static let good = #"{"sub":"u_ann","name":"Ann","exp":1800000100}"#

    @Test("a good token says who comes, with any of the secrets")
    func good() throws {
        let principal = try TokenTests.verify(TokenTests.token(TokenTests.good))
        #expect(principal.user == "u_ann")
        #expect(principal.name == "Ann")
        #expect(principal.expiresAt == Timestamp(milliseconds: 1_800_000_100_000))
        #expect(!principal.isOperator)
    }

    @Test(
        "the algorithm belongs to the key; a header that says otherwise is refused",
        arguments: [
            #"{"alg":"none"}"#, #"{"alg":"hs256"}"#, #"{"alg":"RS256"}"#, #"{"alg":"HS256","crit":["exp"]}"#,
            #"{"alg":"HS256","zip":"DEF"}"#, #"{"alg":"HS256","alg":"HS256"}"#, #"{"typ":"JWT"}"#, "[]", "{",
            #"{"alg":"HS256","typ":"JWE"}"#,
        ])
    func headers(_ header: String) {
        #expect(throws: TokenError.invalid) {
            try TokenTests.verify(TokenTests.token(TokenTests.good, header: header))
        }
    }

    @Test(
        "claims are typed and bounded",
        arguments: [
            #"{"name":"Ann","exp":1800000100}"#, #"{"sub":"","exp":1800000100}"#,
            #"{"sub":7,"exp":1800000100}"#,
            #"{"sub":"a b","exp":1800000100}"#, #"{"sub":"u"}"#, #"{"sub":"u","exp":null}"#,
            #"{"sub":"u","exp":"1800000100"}"#,
            #"{"sub":"u","exp":1800000100,"name":""}"#, #"{"sub":"u","exp":1800000100,"nbf":1800000090}"#,
            #"{"sub":"u","exp":1800000100,"channels":{"subscribe":"topic:*"}}"#,
            #"{"sub":"u","exp":1800000100,"channels":{"subscribe":["room:x"]}}"#,
            #"{"sub":"u","exp":1800000100,"rooms":{"r":"king"}}"#, #"{"sub":"u","exp":1800000100,"exp":1}"#,
            #"{"sub":"u","exp":1e300}"#, #"{"sub":"u","exp":-5}"#,
        ])
    func claims(_ claims: String) {
        #expect(throws: TokenError.invalid) { try TokenTests.verify(TokenTests.token(claims)) }
    }

    @Test("a token is good for 30 seconds beyond its time, and then expired")
    func expiry() throws {
        _ = try TokenTests.verify(TokenTests.token(#"{"sub":"u","exp":1799999971}"#))
        #expect(throws: TokenError.expired) {
            try TokenTests.verify(TokenTests.token(#"{"sub":"u","exp":1799999970}"#))
        }
    }

    @Test("any changed character is noticed")
    func tampering() {
        let token = Array(TokenTests.token(TokenTests.good).utf8)
        for index in token.indices {
            var changed = token
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            guard changed != token else { continue }
            #expect(throws: TokenError.invalid) {
                try TokenTests.verify(String(decoding: changed, as: UTF8.self))
            }
        }
    }

    @Test(
        "form is strict: parts, padding, length",
        arguments: ["", ".", "..", "a.b", "a.b.c.d", "e30=.e30=.AA=="])
    func form(_ token: String) {
        #expect(throws: TokenError.invalid) { try TokenTests.verify(token) }
        #expect(throws: TokenError.invalid) { try TokenTests.verify(String(repeating: "a", count: 9000)) }
    }

    @Test("what the signer signs the verifier takes, with all it says")
    func signer() throws {
        var grant = TokenSigner.Grant(
            user: "u", name: "Ünï \"x\"", expiresAt: Timestamp(milliseconds: 1_800_000_100_000))
        grant.subscribe = ["topic:*"]
        grant.publish = ["topic:lobby"]
        grant.isBot = true
        let principal = try TokenTests.verify(TokenSigner(secret: TokenTests.secret).sign(grant))
        #expect(principal.name == "Ünï \"x\"")
        #expect(principal.isBot)
        #expect(principal.maySubscribe("topic:any"))
        #expect(principal.mayPublish("topic:lobby"))
        #expect(!principal.mayPublish("topic:other"))
    }
}

@Suite("Token bucket")
struct TokenBucketTests {
    @Test("a burst, then the rate, and the exact wait")
    func rate() {
        let rate = TokenBucket.Rate(perSecond: 10, burst: 3)
        var bucket = TokenBucket(rate, now: 0)
        for _ in 0..<3 { #expect(bucket.take(rate, now: 0) == 0) }
        #expect(bucket.take(rate, now: 0) == 100)
        #expect(bucket.take(rate, now: 99) > 0)
        #expect(bucket.take(rate, now: 100) == 0)
        #expect(bucket.take(rate, now: 10_000) == 0)
    }

    @Test("0 turns it off")
    func off() {
        let rate = TokenBucket.Rate(perSecond: 0, burst: 0)
        var bucket = TokenBucket(rate, now: 0)
        for _ in 0..<1000 { #expect(bucket.take(rate, now: 0) == 0) }
    }
}
