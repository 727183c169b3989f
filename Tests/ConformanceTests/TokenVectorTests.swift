import Bytes
import Cryptography
import Identity
import JSON
import Testing

@Suite("Vectors: tokens")
struct TokenVectorTests {
    /// A verifier with the secret and the keys that the vectors are made for.
    static let verifier: Result<TokenVerifier, any Error> = Result {
        var keys = [VerificationKey(secret: Array("0123456789abcdef0123456789abcdef".utf8))]
        for name in ["rs256", "ps256", "es256", "eddsa"] {
            let pem = try ProtocolFolder.text("protocol/vectors/tokens/keys/\(name).pem")
            let algorithm: SignatureAlgorithm? = name == "ps256" ? .ps256 : nil
            keys.append(VerificationKey(try PublicKey(pem: pem, algorithm: algorithm), id: "k-\(name)"))
        }
        return TokenVerifier(issuers: [
            Issuer(.main, keys: keys),
            Issuer(
                .ourselves, issuer: OwnTokens.issuer,
                keys: [OwnTokens.verificationKey(from: TokenVectorTests.other)]),
        ])
    }
    private static let other = Array("another secret, which the vectors do not know".utf8)

    @Test(
        "a token says who comes, or is refused by its code", arguments: try ProtocolFolder.vectors("tokens"))
    func tokens(_ vector: Vector) throws {
        let token = try #require(vector.json["token"]?.string)
        let expected = try #require(vector.json["expect"])
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        let verifier = try TokenVectorTests.verifier.get()
        do throws(TokenError) {
            let person = try verifier.verify(token, now: now)
            #expect(expected["sub"]?.string == person.user)
            #expect(expected["name"]?.string == person.name)
        } catch {
            #expect(expected["error"]?.string == (error == .expired ? "token_expired" : "token_invalid"))
        }
    }
}
