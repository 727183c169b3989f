/// Byte classes of ASCII, as the protocols here use them.
public enum ASCII {
    /// The letter in lower case; any other byte as it is.
    @inlinable public static func lowercase(_ byte: UInt8) -> UInt8 {
        byte &- 0x41 < 26 ? byte | 0x20 : byte
    }

    /// Whether the byte is `0`…`9`.
    @inlinable public static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// Whether the byte is a letter or a digit.
    @inlinable public static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || lowercase(byte) &- 0x61 < 26
    }

    /// The value of a hexadecimal digit, or nil.
    @inlinable public static func hexValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte - 0x30 }
        let letter = lowercase(byte) &- 0x61
        return letter < 6 ? letter + 10 : nil
    }

    /// The digit of a value below 16, in lower case.
    @inlinable public static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? 0x30 + value : 0x61 + value - 10
    }
}
