import Synchronization

/// Ids that sort by the time they were made.
public enum Identifier {
    // The last millisecond used and a counter within it, so that ids of one process never go back.
    private static let last = Mutex<(milliseconds: Int64, counter: UInt16)>((0, 0))

    /// A new UUID of version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, a 12-bit counter within the
    /// millisecond, 62 random bits; in lower-case text with hyphens.
    public static func uuid(now: Timestamp = .now()) -> String {
        let (milliseconds, counter) = last.withLock { last in
            if now.milliseconds > last.milliseconds {
                last = (now.milliseconds, UInt16.random(in: 0..<0x400))
            } else if last.counter == 0xFFF {
                last = (last.milliseconds + 1, 0)
            } else {
                last.counter += 1
            }
            return last
        }
        let high = UInt64(bitPattern: milliseconds) << 16 | 0x7000 | UInt64(counter)
        let low = UInt64.random(in: 0...UInt64.max) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        return text(high, low)
    }

    /// A UUID's text, in lower case with hyphens, by its two halves.
    public static func text(_ high: UInt64, _ low: UInt64) -> String {
        var characters: [UInt8] = []
        characters.reserveCapacity(36)
        for index in 0..<32 {
            if index == 8 || index == 12 || index == 16 || index == 20 {
                characters.append(UInt8(ascii: "-"))
            }
            let word = index < 16 ? high : low
            characters.append(
                ASCII.hexDigit(UInt8(truncatingIfNeeded: word >> UInt64(60 - index % 16 * 4)) & 15))
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// Whether the text is a UUID of any version in lower-case text form.
    public static func isUUID(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count == 36 else { return false }
        for (index, byte) in bytes.enumerated() {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard byte == UInt8(ascii: "-") else { return false }
            } else {
                guard ASCII.hexValue(byte) != nil, ASCII.lowercase(byte) == byte else { return false }
            }
        }
        return true
    }

    /// A short random id after a prefix, as `s_8f3k2q9x0m`: 50 random bits in lower-case base 32.
    public static func short(_ prefix: String) -> String {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        var bits = UInt64.random(in: 0...UInt64.max)
        var text = Array(prefix.utf8)
        text.append(UInt8(ascii: "_"))
        for _ in 0..<10 {
            text.append(alphabet[Int(bits & 31)])
            bits >>= 5
        }
        return String(decoding: text, as: UTF8.self)
    }
}
