import Bytes

/// An alert's id, a UUID in the 16 bytes that it is.
@frozen
public struct AlertID: Hashable, Sendable, BitwiseCopyable {
    private let high: UInt64
    private let low: UInt64

    /// An id by its text, or nil where that is no UUID in lower case.
    public init?(_ text: String) {
        guard Identifier.isUUID(text) else { return nil }
        var words: (high: UInt64, low: UInt64) = (0, 0)
        for digit in text.utf8.lazy.compactMap(ASCII.hexValue) {
            words.high = words.high << 4 | words.low >> 60
            words.low = words.low << 4 | UInt64(digit)
        }
        (high, low) = words
    }

    /// An id by its bits.
    public init(bits: UInt128) {
        high = UInt64(truncatingIfNeeded: bits >> 64)
        low = UInt64(truncatingIfNeeded: bits)
    }

    /// The id as text.
    public var text: String { Identifier.text(high, low) }
}
