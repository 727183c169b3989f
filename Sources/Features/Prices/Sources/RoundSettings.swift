/// How often sources are asked, and how their answers are compared.
public struct RoundSettings: Sendable {
    /// From the beginning of a round to that of the next one, in milliseconds (REQUIREMENTS B1).
    public var periodMilliseconds: Int64 = 60_000
    /// How often the secondary source is asked.
    public var mode = PriceCheck.Mode.sample
    /// How long anomalies are kept, in days; 0 for ever.
    public var anomalyDays = 90

    /// The defaults.
    public init() {}
}

/// What rounds have come to since the start.
public struct RoundFigures: Equatable, Sendable {
    /// Rounds that have ended.
    public internal(set) var rounds = 0
    /// Prices told, by how far they can be trusted.
    public internal(set) var prices: [Confidence: Int] = [:]
    /// Differences of more than 5 %.
    public internal(set) var anomalies = 0
    /// When the last round ended, on the monotonic clock; nil for none yet.
    public internal(set) var endedAt: Int64?
    /// Whether this process asks, of several over one store.
    public internal(set) var isAsking = false

    /// Nothing yet.
    public init() {}
}
