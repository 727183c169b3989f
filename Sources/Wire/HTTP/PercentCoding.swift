import Bytes

/// Percent-encoding in targets and forms (RFC 3986 §2.1).
public enum PercentCoding {
    /// Decodes to text.
    ///
    /// - Parameter plusIsSpace: As in queries and forms.
    /// - Returns: Nil for a bad escape, for a control character and for what is not UTF-8.
    public static func decode(_ bytes: Span<UInt8>, plusIsSpace: Bool = false) -> String? {
        var decoded = ByteBuffer(capacity: bytes.count)
        var index = 0
        while index < bytes.count {
            var byte = bytes[index]
            if byte == UInt8(ascii: "%") {
                guard bytes.count - index > 2, let high = ASCII.hexValue(bytes[index + 1]),
                    let low = ASCII.hexValue(bytes[index + 2])
                else { return nil }
                byte = high << 4 | low
                index += 2
                // A form may have line breaks and tabs; nothing has the others.
                let isBreak = byte == 0x09 || byte == 0x0A || byte == 0x0D
                guard byte >= 0x20 && byte != 0x7F || plusIsSpace && isBreak else { return nil }
            } else if plusIsSpace, byte == UInt8(ascii: "+") {
                byte = 0x20
            }
            decoded.append(byte)
            index += 1
        }
        return String(utf8: decoded.span)
    }

    /// Encodes all but unreserved characters.
    public static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.append(byte)
            case _ where ASCII.isAlphanumeric(byte): encoded.append(byte)
            default: encoded += [UInt8(ascii: "%"), upper(byte >> 4), upper(byte & 15)]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func upper(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x41 + value - 10 }
}
