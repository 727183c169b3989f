import Bytes
import Cryptography
import Testing

@Suite("Public keys")
struct PublicKeyTests {
    private func bytes(_ hex: String) throws -> [UInt8] {
        let bytes = Hex.decode(hex.utf8Span.span)
        return try #require(bytes)
    }

    @Test("Ed25519 of the standard's second example (RFC 8032 §7.1)")
    func ed25519() throws {
        let key = try PublicKey(
            ed25519: try bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"))
        let signature = try bytes(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
        #expect(key.algorithm == .eddsa)
        let good = key.verify(signature.span, of: [0x72].span)
        let bad = key.verify(signature.span, of: [0x73].span)
        #expect(good && !bad)
    }

    @Test("ECDSA on P-256 with SHA-256 (RFC 6979 §A.2.5); the signature is r and s of 32 bytes each")
    func p256() throws {
        let key = try PublicKey(
            p256X: try bytes("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"),
            y: try bytes("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"))
        let signature = try bytes(
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8")
        let good = key.verify(signature.span, of: "sample".utf8Span.span)
        let short = key.verify(signature.span.extracting(first: 63), of: "sample".utf8Span.span)
        let long = key.verify((signature + [0]).span, of: "sample".utf8Span.span)
        #expect(good && !short && !long)
    }

    @Test("a point that is not on the curve is no key")
    func offCurve() throws {
        let one = [UInt8](repeating: 0, count: 31) + [1]
        #expect(throws: PublicKeyError.unreadable) { try PublicKey(p256X: one, y: one) }
        #expect(throws: PublicKeyError.unreadable) { try PublicKey(p256X: one, y: [1]) }
        #expect(throws: PublicKeyError.unreadable) { try PublicKey(ed25519: one + [1]) }
    }

    @Test("an Ed25519 key of small order, for which anybody can sign, is no key in any form")
    func smallOrder() {
        let zero = [UInt8](repeating: 0, count: 32)
        #expect(throws: PublicKeyError.forgeable) { try PublicKey(ed25519: zero) }
        #expect(throws: PublicKeyError.forgeable) { try PublicKey(ed25519: [1] + zero.dropFirst()) }
        let pem = """
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VwAyEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
            -----END PUBLIC KEY-----

            """
        #expect(throws: PublicKeyError.forgeable) { try PublicKey(pem: pem) }
    }

    @Test("RSA keys of 2048 to 8192 bits with a sound exponent are keys")
    func rsa() throws {
        func modulus(_ bytes: Int) -> [UInt8] { [UInt8](repeating: 0xC5, count: bytes) }
        #expect(try PublicKey(rsaModulus: modulus(256), exponent: [1, 0, 1]).algorithm == .rs256)
        #expect(
            try PublicKey(rsaModulus: modulus(256), exponent: [3], algorithm: .ps256).algorithm == .ps256)
        for (bytes, exponent) in [(255, [1, 0, 1]), (128, [1, 0, 1]), (1025, [3]), (256, [1]), (256, [4])]
            as [(Int, [UInt8])]
        {
            #expect(throws: PublicKeyError.weak) {
                try PublicKey(rsaModulus: modulus(bytes), exponent: exponent)
            }
        }
        #expect(throws: PublicKeyError.anotherAlgorithm) {
            try PublicKey(rsaModulus: modulus(256), exponent: [1, 0, 1], algorithm: .es256)
        }
    }

    @Test("a PEM file holds one public key; a private one is refused by name")
    func pem() {
        let key = """
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VwAyEAPUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=
            -----END PUBLIC KEY-----

            """
        #expect(throws: Never.self) { try PublicKey(pem: key) }
        #expect(throws: PublicKeyError.several) { try PublicKey(pem: key + key) }
        #expect(throws: PublicKeyError.unreadable) { try PublicKey(pem: "") }
        #expect(throws: PublicKeyError.unreadable) { try PublicKey(pem: key.replacing("MCow", with: "MCox")) }
        for kind in ["", "RSA ", "EC ", "ENCRYPTED "] {
            #expect(throws: PublicKeyError.isPrivate) {
                try PublicKey(pem: key.replacing("PUBLIC KEY", with: "\(kind)PRIVATE KEY"))
            }
        }
    }
}
