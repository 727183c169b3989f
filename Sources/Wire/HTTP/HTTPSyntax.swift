public import Bytes

/// Classes of bytes in HTTP messages (RFC 9110 §5).
public enum HTTPSyntax {
    /// Whether the byte may stand in a token (RFC 9110 §5.6.2).
    @inlinable public static func isTokenByte(_ byte: UInt8) -> Bool {
        if ASCII.isAlphanumeric(byte) { return true }
        switch byte {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: return true
        default: return false
        }
    }

    /// Whether the byte may stand in a field's value (RFC 9110 §5.5): no control characters but the tab.
    @inlinable public static func isValueByte(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F || byte == 0x09
    }

    /// Whether the bytes are a token.
    public static func isToken(_ bytes: Span<UInt8>) -> Bool {
        for index in 0..<bytes.count where !isTokenByte(bytes[index]) { return false }
        return bytes.count > 0
    }

    /// Whether the bytes may be a field's value.
    public static func isValue(_ bytes: Span<UInt8>) -> Bool {
        for index in 0..<bytes.count where !isValueByte(bytes[index]) { return false }
        return true
    }

    /// The range within `range` that has no spaces and tabs at its ends.
    public static func trimmed(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, isBlank(bytes[start]) { start += 1 }
        while end > start, isBlank(bytes[end - 1]) { end -= 1 }
        return start..<end
    }

    /// Whether the byte is a space or a tab.
    @inlinable public static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Where `byte` is found first from `start` on, or the end.
    static func firstIndex(of byte: UInt8, in bytes: Span<UInt8>, from start: Int) -> Int {
        var index = start
        while bytes.count - index >= 8 {
            let found = ByteLanes.equal(bytes.word(at: index), byte)
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < bytes.count, bytes[index] != byte { index += 1 }
        return index
    }
}
