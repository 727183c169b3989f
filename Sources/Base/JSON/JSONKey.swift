/// A member's name where it stands in the input, not yet decoded.
///
/// Compare it with ``JSONReader/key(_:equals:)``: that costs no allocation.
@frozen
public struct JSONKey: Equatable, Sendable {
    /// The bytes between the quotes.
    public let range: Range<Int>
    /// Whether there are backslashes among them.
    public let hasEscapes: Bool

    @usableFromInline init(range: Range<Int>, hasEscapes: Bool) {
        self.range = range
        self.hasEscapes = hasEscapes
    }
}
