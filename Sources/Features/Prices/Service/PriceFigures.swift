/// What the desk of prices has done since the start, and what it has.
public struct PriceFigures: Sendable {
    /// Symbols that have a price.
    public internal(set) var symbols = 0
    /// Ticks taken in.
    public internal(set) var accepted = 0
    /// Ticks that were there before.
    public internal(set) var repeated = 0
    /// Ticks refused.
    public internal(set) var refused = 0
    /// Of those accepted the ones that were older than their symbol's newest.
    public internal(set) var late = 0
}
