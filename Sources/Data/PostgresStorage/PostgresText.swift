/// How texts travel: PostgreSQL keeps every text but those with a NUL character.
///
/// What people write may have one, and is kept exactly: NUL becomes the noncharacter U+10FFFF and `0`, that
/// noncharacter itself U+10FFFF and `1`. Different texts stay different.
enum PostgresText {
    private static let mark: [UInt8] = [0xF4, 0x8F, 0xBF, 0xBF]

    /// Appends a text as PostgreSQL can keep it.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        var text = text
        text.withUTF8 { utf8 in
            // The mark's first byte begins nothing but the last plane, which nobody uses.
            guard unsafe utf8.contains(where: { $0 == 0 || $0 == 0xF4 }) else {
                unsafe bytes.append(contentsOf: utf8)
                return
            }
            for index in utf8.indices {
                let byte = unsafe utf8[index]
                if byte == 0 {
                    bytes += mark + [UInt8(ascii: "0")]
                } else {
                    bytes.append(byte)
                    if byte == 0xBF, bytes.suffix(4) == mark[...] { bytes.append(UInt8(ascii: "1")) }
                }
            }
        }
    }

    /// Appends a number's digits.
    static func append(_ number: Int64, to bytes: inout [UInt8]) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// The text that was kept.
    static func decode(_ utf8: UnsafeBufferPointer<UInt8>) -> String {
        guard unsafe utf8.contains(0xF4) else { return unsafe String(decoding: utf8, as: UTF8.self) }
        var bytes: [UInt8] = []
        var index = 0
        while index < utf8.count {
            unsafe bytes.append(utf8[index])
            index += 1
            guard bytes.suffix(4) == mark[...], index < utf8.count else { continue }
            if unsafe utf8[index] == UInt8(ascii: "0") {
                bytes.removeLast(4)
                bytes.append(0)
            }
            index += 1
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
