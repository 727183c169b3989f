/// Base64 in its two alphabets (RFC 4648 §4 and §5).
public enum Base64 {
    private static let standard = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlSafe = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Encodes with padding in the standard alphabet.
    public static func encode(_ bytes: Span<UInt8>) -> String { encode(bytes, standard, padded: true) }

    /// Encodes without padding in the URL alphabet.
    public static func encodeURL(_ bytes: Span<UInt8>) -> String { encode(bytes, urlSafe, padded: false) }

    private static func encode(_ bytes: Span<UInt8>, _ alphabet: [UInt8], padded: Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var bits: UInt32 = 0
        var held = 0
        for index in 0..<bytes.count {
            bits = bits << 8 | UInt32(bytes[index])
            held += 8
            while held >= 6 {
                held -= 6
                text.append(alphabet[Int(bits >> UInt32(held) & 63)])
            }
        }
        if held > 0 { text.append(alphabet[Int(bits << UInt32(6 - held) & 63)]) }
        while padded, text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes the standard alphabet, padding required, stray bits refused.
    ///
    /// - Returns: The bytes, or nil where the text is anything else.
    public static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        var length = text.count
        while length > 0, text.count - length < 2, text[length - 1] == UInt8(ascii: "=") { length -= 1 }
        return decode(text.extracting(0..<length), plus: UInt8(ascii: "+"), slash: UInt8(ascii: "/"))
    }

    /// Decodes the URL alphabet, padding refused, stray bits refused.
    ///
    /// - Returns: The bytes, or nil where the text is anything else.
    public static func decodeURL(_ text: Span<UInt8>) -> [UInt8]? {
        decode(text, plus: UInt8(ascii: "-"), slash: UInt8(ascii: "_"))
    }

    private static func decode(_ text: Span<UInt8>, plus: UInt8, slash: UInt8) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        var bits: UInt32 = 0
        var held = 0
        for index in 0..<text.count {
            let value: UInt8
            switch text[index] {
            case 0x41...0x5A: value = text[index] - 0x41
            case 0x61...0x7A: value = text[index] - 0x61 + 26
            case 0x30...0x39: value = text[index] - 0x30 + 52
            case plus: value = 62
            case slash: value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
            }
        }
        // Bits that no byte uses must be 0, or two texts would mean the same bytes.
        guard bits & (1 << UInt32(held) - 1) == 0 else { return nil }
        return bytes
    }
}
