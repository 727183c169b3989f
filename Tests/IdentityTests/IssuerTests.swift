import Bytes
import Identity
import Testing

@Suite("Issuers")
struct IssuerTests {
    static let acme = Array("the secret of acme, 32 bytes long".utf8)
    static let globex = Array("the secret of globex, 32 bytes or more".utf8)

    static func verifier(_ change: (inout [Issuer]) -> Void = { _ in }) -> TokenVerifier {
        var issuers = [
            Issuer(.main, keys: [VerificationKey(secret: TokenTests.secret)]),
            Issuer(.named("acme"), issuer: "https://acme.example", keys: [VerificationKey(secret: acme)]),
            Issuer(
                .named("globex"), issuer: "https://globex.example", keys: [VerificationKey(secret: globex)]),
            Issuer(
                .ourselves, issuer: OwnTokens.issuer,
                keys: [OwnTokens.verificationKey(from: TokenTests.secret)]),
        ]
        change(&issuers)
        return TokenVerifier(issuers: issuers)
    }

    static func claims(_ more: String = "", sub: String = "ann") -> String {
        #"{"sub":"\#(sub)","exp":1800000100"# + (more.isEmpty ? "" : ",") + more + "}"
    }

    @Test("people of a further issuer have its name before their id, and its tenant")
    func named() throws {
        let verifier = IssuerTests.verifier { $0[1].tenant = "t_acme" }
        let token = TokenTests.token(
            IssuerTests.claims(#""iss":"https://acme.example""#), secret: IssuerTests.acme)
        let person = try verifier.verify(token, now: TokenTests.now)
        #expect(person.user == "acme:ann")
        #expect(person.name == "ann")
        #expect(person.tenant == "t_acme")
    }

    @Test("a tier is one of four, and not a further issuer's to give")
    func tiers() throws {
        let verifier = IssuerTests.verifier()
        func tier(_ claims: String, _ secret: [UInt8] = TokenTests.secret) throws -> RequestTier? {
            let token = TokenTests.token(IssuerTests.claims(claims), secret: secret)
            return try verifier.verify(token, now: TokenTests.now).tier
        }
        #expect(try tier(#""tier":"power""#) == .power)
        #expect(try tier("") == nil)
        #expect(try tier(#""iss":"https://acme.example","tier":"power""#, IssuerTests.acme) == nil)
        for text in [#""gold""#, "1", "null", #""Pro""#] {
            #expect(throws: TokenError.invalid) { try tier(#""tier":"# + text) }
        }
    }

    @Test("no issuer speaks for another's people: neither by its key nor by an id")
    func apart() {
        let verifier = IssuerTests.verifier()
        let acme = #""iss":"https://acme.example""#
        for (claims, secret) in [
            (IssuerTests.claims(acme), IssuerTests.globex), (IssuerTests.claims(acme), TokenTests.secret),
            (IssuerTests.claims(), IssuerTests.acme),
            (IssuerTests.claims(#""iss":"https://acme.example/""#), IssuerTests.acme),
            (IssuerTests.claims(sub: "acme:ann"), TokenTests.secret),
            (IssuerTests.claims(#""iss":"stoa""#), TokenTests.secret),
            (IssuerTests.claims(#""iss":"stoa""#, sub: "u_dev_1"), TokenTests.secret),
            (IssuerTests.claims(sub: "u_dev_1"), TokenTests.secret),
            (IssuerTests.claims(sub: "operator"), TokenTests.secret),
        ] {
            #expect(throws: TokenError.invalid, "\(claims)") {
                try verifier.verify(TokenTests.token(claims, secret: secret), now: TokenTests.now)
            }
        }
    }

    @Test("`iss` is exact and `aud` contains, where they are configured")
    func issuerAndAudience() throws {
        let verifier = IssuerTests.verifier { issuers in
            issuers[0].issuer = "https://id.example"
            issuers[0].audience = "stoa-chat"
        }
        let issuer = #""iss":"https://id.example""#
        for more in ["\(issuer),\"aud\":\"stoa-chat\"", "\(issuer),\"aud\":[\"other\",\"stoa-chat\"]"] {
            let token = TokenTests.token(IssuerTests.claims(more))
            #expect(try verifier.verify(token, now: TokenTests.now).user == "ann")
        }
        for more in [
            "", issuer, "\"aud\":\"stoa-chat\"", "\(issuer),\"aud\":\"stoa\"", "\(issuer),\"aud\":[]",
            "\(issuer)x,\"aud\":\"stoa-chat\"", #""iss":"https://ID.example","aud":"stoa-chat""#,
        ] {
            #expect(throws: TokenError.invalid, "\(more)") {
                try verifier.verify(TokenTests.token(IssuerTests.claims(more)), now: TokenTests.now)
            }
        }
    }

    @Test("the tenant comes from the claim that the configuration names, and must be there then")
    func tenant() throws {
        let verifier = IssuerTests.verifier { $0[0].tenantClaim = "org" }
        let token = TokenTests.token(IssuerTests.claims(#""org":"t_7","tenant":"t_8""#))
        #expect(try verifier.verify(token, now: TokenTests.now).tenant == "t_7")
        for more in [#""tenant":"t_8""#, #""org":7"#, #""org":"""#, #""org":"a b""#] {
            #expect(throws: TokenError.invalid, "\(more)") {
                try verifier.verify(TokenTests.token(IssuerTests.claims(more)), now: TokenTests.now)
            }
        }
    }

    @Test("the server's own tokens speak for the people whom it makes, and only they are marked as such")
    func own() throws {
        let verifier = IssuerTests.verifier()
        var grant = TokenSigner.Grant(
            user: "u_dev_1", name: "Guest", expiresAt: Timestamp(milliseconds: 1_800_000_100_000))
        grant.isDev = true
        let own = TokenSigner(ownFrom: TokenTests.secret).sign(grant)
        #expect(try verifier.verify(own, now: TokenTests.now).isDev)
        grant.user = "ann"
        let outside = TokenSigner(secret: TokenTests.secret).sign(grant)
        #expect(try !verifier.verify(outside, now: TokenTests.now).isDev)
    }

    @Test("a verified token is remembered until it runs out, and no longer")
    func remembered() throws {
        let verifier = IssuerTests.verifier()
        let token = TokenTests.token(IssuerTests.claims())
        let first = try verifier.verify(token, now: TokenTests.now)
        #expect(try verifier.verify(token, now: TokenTests.now) === first)
        let end = Timestamp(milliseconds: 1_800_000_130_000)
        #expect(throws: TokenError.expired) { try verifier.verify(token, now: end) }
    }
}
