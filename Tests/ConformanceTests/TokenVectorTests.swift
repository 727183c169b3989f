import Bytes
import Identity
import JSON
import Testing

@Suite("Vectors: tokens")
struct TokenVectorTests {
    @Test(
        "a token says who comes, or is refused by its code", arguments: try ProtocolFolder.vectors("tokens"))
    func tokens(_ vector: Vector) throws {
        let verifier = TokenVerifier(secrets: [Array("0123456789abcdef0123456789abcdef".utf8)])
        let token = try #require(vector.json["token"]?.string)
        let expected = try #require(vector.json["expect"])
        do throws(TokenError) {
            let person = try verifier.verify(token, now: Timestamp(milliseconds: 1_800_000_000_000))
            #expect(expected["sub"]?.string == person.user)
            #expect(expected["name"]?.string == person.name)
        } catch {
            #expect(expected["error"]?.string == (error == .expired ? "token_expired" : "token_invalid"))
        }
    }
}
