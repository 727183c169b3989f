/// Bounds of watch-lists.
public struct WatchlistSettings: Sendable {
    /// Lists of one person.
    public var perPerson = 20
    /// Symbols of one list.
    public var symbols = 200

    /// The defaults.
    public init() {}
}
