import Bytes

/// The name of what has a price, as `BTC-USD`.
///
/// 1 to 32 ASCII letters, digits, `-`, `.` and `_`, beginning with a letter or digit; case counts. So a symbol can stand
/// in a channel's name, a pattern, a path and a key without escapes.
public struct Symbol: Hashable, Sendable {
    /// The name.
    public let text: String

    /// The longest name, in bytes.
    public static let lengthLimit = 32

    /// A symbol, or nil where the text cannot be one.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard let first = bytes.first, bytes.count <= Symbol.lengthLimit, ASCII.isAlphanumeric(first),
            bytes.allSatisfy(Symbol.isAllowed)
        else { return nil }
        self.text = text
    }

    /// A symbol by its bytes, or nil where they cannot be one.
    public init?(utf8 bytes: Span<UInt8>) {
        guard let text = String(utf8: bytes) else { return nil }
        self.init(text)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        ASCII.isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_")
    }
}

extension Symbol: Comparable {
    /// In the order of the bytes.
    public static func < (a: Symbol, b: Symbol) -> Bool { a.text < b.text }
}

extension Symbol: CustomStringConvertible {
    /// The name.
    public var description: String { text }
}
