import Bytes
import Cryptography
import Testing

@Suite("Hashes and texts of ledgers")
struct LedgerHashTests {
    private func hex(_ bytes: [UInt8]) -> String { Hex.encode(bytes.span) }

    @Test(
        "RIPEMD-160 of its authors' examples",
        arguments: [
            ("", "9c1185a5c5e9fc54612808977ee8f548b2258d31"),
            ("a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe"),
            ("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
            ("message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36"),
            ("abcdefghijklmnopqrstuvwxyz", "f71c27109c692c1b56bbdceb5b9d2865b3708dbc"),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "9b752e45573d4b39f4dbd3323cab82bf63326bfb"
            ),
        ])
    func ripemd160(text: String, digest: String) {
        #expect(hex(Digest.ripemd160(text.utf8Span.span)) == digest)
    }

    @Test("half of SHA-512 is its first half")
    func sha512Half() {
        let abc = "abc".utf8Span.span
        #expect(Digest.sha512Half(abc) == Array(Digest.sha512(abc).prefix(32)))
    }

    @Test("base 58 of its well-known addresses")
    func addresses() {
        let zeros = [UInt8](repeating: 0, count: 32)
        #expect(Base58.bitcoin.encode(zeros.span) == String(repeating: "1", count: 32))
        #expect(Base58.xrpl.encodeChecked([UInt8](repeating: 0, count: 21)) == "rrrrrrrrrrrrrrrrrrrrrhoLvTp")
    }

    @Test("a key of small order is not sound, whatever its sign; the base point is")
    func soundKeys() {
        let base = [0x58] + [UInt8](repeating: 0x66, count: 31)
        let isBaseSound = Ed25519.isSound(base.span)
        #expect(isBaseSound)
        for low: UInt8 in [0, 1] {
            for sign: UInt8 in [0, 0x80] {
                let key = [low] + [UInt8](repeating: 0, count: 30) + [sign]
                let isSound = Ed25519.isSound(key.span)
                #expect(!isSound)
            }
        }
        let short = Array(base.dropLast())
        let isShortSound = Ed25519.isSound(short.span)
        #expect(!isShortSound)
    }
}
