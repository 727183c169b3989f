/// Which ticks candles still take in, measured by the ticks' own times.
public struct CandleWindow: Hashable, Sendable {
    /// How far a tick may lie behind the newest one of its symbol, in milliseconds.
    ///
    /// Two of the shortest intervals. A longer window costs memory: so long every tick is remembered, so that none counts
    /// twice.
    public var lateness: Int64 = 120_000
    /// How far a tick may lie ahead of the clock, in milliseconds; one from the far future would make all others late.
    public var ahead: Int64 = 10_000

    /// The window as it is by default.
    public init() {}
}
