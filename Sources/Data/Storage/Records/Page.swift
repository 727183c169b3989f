/// A part of a list.
public struct Page<Item: Sendable & Hashable>: Sendable, Hashable {
    /// This part.
    public var items: [Item]
    /// Asks for the next part; nil where this was the last.
    public var cursor: String?

    /// A part of a list.
    public init(items: [Item], cursor: String?) {
        self.items = items
        self.cursor = cursor
    }
}
