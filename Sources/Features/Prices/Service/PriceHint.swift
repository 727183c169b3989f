/// What processes tell each other of prices: where it is worth to look at once. What is lost is found by looking anyway.
public enum PriceHint: Sendable, Hashable {
    /// The log of alerts has grown.
    case alertsLogged
    /// Candles have ticks to take in.
    case ticksOwed
    /// Candles are made by another process than before: it has to hear who listens to which.
    case candlesMoved
    /// Somebody listens to these channels of candles.
    case candlesWanted([String])
}
