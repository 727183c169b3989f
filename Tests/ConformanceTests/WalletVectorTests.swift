import Bytes
import Cryptography
import JSON
import Testing

@Suite("Vectors: wallets")
struct WalletVectorTests {
    private func hex(_ vector: Vector, _ name: String) throws -> [UInt8] {
        let text = try #require(vector.json[name]?.string)
        let bytes = Hex.decode(text.utf8Span.span)
        return try #require(bytes)
    }

    @Test(
        "base 58 has one text for each list of bytes",
        arguments: try ProtocolFolder.vectors("wallet", "base58"))
    func base58(_ vector: Vector) throws {
        let alphabet = vector.json["alphabet"]?.string == "xrpl" ? Base58.xrpl : Base58.bitcoin
        let text = try #require(vector.json["text"]?.string)
        let isChecked = vector.json["checked"]?.bool == true
        let decoded =
            isChecked ? alphabet.decodeChecked(text.utf8Span.span) : alphabet.decode(text.utf8Span.span)
        guard vector.json["bytes"]?.isNull == false else {
            #expect(decoded == nil)
            return
        }
        let bytes = try hex(vector, "bytes")
        #expect(decoded == bytes)
        let encoded = isChecked ? alphabet.encodeChecked(bytes) : alphabet.encode(bytes.span)
        #expect(encoded == text)
    }

    @Test(
        "Ed25519: no key of small order, nothing written in a second way",
        arguments: try ProtocolFolder.vectors("wallet", "ed25519"))
    func ed25519(_ vector: Vector) throws {
        let (key, message) = (try hex(vector, "key"), try hex(vector, "message"))
        let signature = try hex(vector, "signature")
        let verdict = Ed25519.verify(signature.span, of: message.span, key: key.span)
        #expect(verdict == vector.json["good"]?.bool)
    }

    @Test(
        "secp256k1: the lower s, in its one form",
        arguments: try ProtocolFolder.vectors("wallet", "secp256k1"))
    func secp256k1(_ vector: Vector) throws {
        let (key, message) = (try hex(vector, "key"), try hex(vector, "message"))
        let signature = try hex(vector, "signature")
        let digest = Digest.sha512Half(message.span)
        let verdict = Secp256k1.verify(signature.span, of: digest.span, key: key.span)
        #expect(verdict == vector.json["good"]?.bool)
    }
}
