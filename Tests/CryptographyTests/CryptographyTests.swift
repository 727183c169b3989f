import Bytes
import Cryptography
import Testing

@Suite struct CryptographyTests {
    private func hex(_ bytes: [UInt8]) -> String { Hex.encode(bytes.span) }

    @Test("SHA-1 and SHA-2 of the standard's examples (FIPS 180-4)")
    func digests() {
        let abc = "abc".utf8Span.span
        #expect(hex(Digest.sha1(abc)) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(hex(Digest.sha256(abc)) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(hex(Digest.sha512(abc)).hasPrefix("ddaf35a193617abacc417349ae204131"))
        #expect(
            hex(Digest.sha256("".utf8Span.span))
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test(
        "HMAC-SHA-256 (RFC 4231 §4)",
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 20), "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), "what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131),
                "Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
        ] as [([UInt8], String, String)])
    func hmac(key: [UInt8], message: String, code: String) {
        let made = HMAC.sha256(key: key.span, message: message.utf8Span.span)
        #expect(hex(made) == code)
    }

    @Test("equality looks at every byte")
    func equality() {
        let bytes: [UInt8] = [1, 2, 3]
        for (other, same) in [
            ([1, 2, 3], true), ([1, 2, 4], false), ([0, 2, 3], false), ([1, 2], false), ([], false),
        ] as [([UInt8], Bool)] {
            let verdict = ConstantTime.equal(bytes.span, other.span)
            #expect(verdict == same)
        }
    }

    @Test("random bytes are as many as asked for, and others each time")
    func randomBytes() {
        #expect(RandomBytes.make(0).isEmpty)
        #expect(RandomBytes.make(33).count == 33)
        #expect(RandomBytes.make(16) != RandomBytes.make(16))
    }

    @Test("an error drains the queue")
    func errorDrainsTheQueue() {
        #expect(OpenSSLError(during: "nothing").description == "nothing failed")
    }
}
