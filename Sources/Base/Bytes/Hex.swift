/// Bytes as hexadecimal digits, two each.
public enum Hex {
    /// Encodes in lower case.
    public static func encode(_ bytes: Span<UInt8>) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 2)
        for index in 0..<bytes.count {
            text.append(ASCII.hexDigit(bytes[index] >> 4))
            text.append(ASCII.hexDigit(bytes[index] & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes digits of either case.
    ///
    /// - Returns: The bytes, or nil where the text has anything else or half a byte.
    public static func decode(_ text: Span<UInt8>) -> [UInt8]? {
        guard text.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2)
        for index in stride(from: 0, to: text.count, by: 2) {
            guard let high = ASCII.hexValue(text[index]), let low = ASCII.hexValue(text[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
