import Bytes
import Cryptography

/// The text of a service key: a prefix that scanners of leaked secrets know it by, 256 random bits, a checksum that
/// tells a mistyped or made-up one without a look into any table.
///
/// `stoa_key_`, 43 random letters and digits (log₂ 62⁴³ is 256.03), and 6 that hold the CRC-32 of those 43.
public enum ServiceKeyText {
    /// What every one begins with.
    public static let prefix = "stoa_key_"
    // Every token is compared with it: no array is made for that.
    private static let start = Array(prefix.utf8)
    private static let randomCount = 43
    private static let checkCount = 6
    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// A new one.
    public static func make() -> String {
        var random: [UInt8] = []
        while random.count < randomCount {
            // 248 is the greatest multiple of 62 in a byte: beyond it some letters would come more often.
            for byte in RandomBytes.make(64) where byte < 248 && random.count < randomCount {
                random.append(alphabet[Int(byte % 62)])
            }
        }
        return prefix + String(decoding: random + check(random), as: UTF8.self)
    }

    /// Whether a text says of itself that it is a service key, and not a token of another kind.
    public static func isMeant(_ text: Span<UInt8>) -> Bool {
        guard text.count >= start.count else { return false }
        for index in start.indices where text[index] != start[index] { return false }
        return true
    }

    /// Whether a text can be a service key: its form and its checksum.
    public static func isWhole(_ text: Span<UInt8>) -> Bool {
        guard isMeant(text), text.count == start.count + randomCount + checkCount else { return false }
        let rest = [UInt8](text.extracting(start.count..<text.count))
        let random = Array(rest[..<randomCount])
        return random.allSatisfy(alphabet.contains) && check(random) == Array(rest[randomCount...])
    }

    /// What is kept of a key; a random text of 256 bits needs no slow hash.
    static func hash(_ text: Span<UInt8>) -> String { Hex.encode(Digest.sha256(text).span) }

    /// The checksum's digits, the highest first.
    private static func check(_ random: [UInt8]) -> [UInt8] {
        var rest = crc32(random)
        var digits: [UInt8] = []
        for _ in 0..<checkCount {
            digits.append(alphabet[Int(rest % 62)])
            rest /= 62
        }
        return digits.reversed()
    }

    /// The checksum of zlib, PNG and Ethernet (ISO 3309), bit by bit: a key is short.
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        var remainder: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? remainder >> 1 ^ 0xEDB8_8320 : remainder >> 1 }
        }
        return ~remainder
    }
}
