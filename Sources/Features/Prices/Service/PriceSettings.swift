/// Bounds of prices.
public struct PriceSettings: Sendable {
    /// Symbols that may have a price at a time.
    public var symbols = 10_000
    /// Ticks that wait for the store; beyond that further ones are refused.
    public var queuedTicks = 100_000
    /// How far ahead of our clock a tick's moment may be, in milliseconds.
    public var aheadMilliseconds: Int64 = 5_000
    /// How long ticks are kept, in days; older ones are not taken. 0 for ever.
    public var retentionDays = 730
    /// How long a price without a newer one counts, in milliseconds; then it is `stale`. 0: it always counts.
    public var staleMilliseconds: Int64 = 120_000
    /// How long a tick waits for a store that is away before its sender is told to come again, in milliseconds.
    public var patienceMilliseconds: Int64 = 10_000

    /// Whether other services find newest prices at a broker, and other processes tell some.
    public var isShared = false
    /// Whether other processes write to the same store, so that one of all makes the candles.
    public var isStoreShared = false
    /// How long other services find a price at the broker, in milliseconds (REQUIREMENTS B1).
    public var keptMilliseconds: Int64 = 60_000
    /// Which ticks candles still take in.
    var window: CandleWindow {
        var window = CandleWindow()
        window.ahead = aheadMilliseconds
        return window
    }

    /// The defaults.
    public init() {}
}
