public import Outbound

/// How a source of prices is asked.
public struct SourceSettings: Sendable {
    /// The source's names of symbols.
    public var ids: [Symbol: String]
    /// How long it may take to answer.
    public var timeout = Duration.seconds(10)
    /// How large an answer may be, in bytes.
    public var answerLimit = 1 << 20
    /// Questions in a minute; 0 for no limit.
    public var requestsPerMinute = 0
    /// When it is spared, and for how long.
    public var breaker = CircuitBreaker.Policy.priceSource

    /// The defaults, for these symbols.
    public init(ids: [Symbol: String]) { self.ids = ids }
}

/// What became of the questions to a source since the start.
public struct SourceFigures: Equatable, Sendable {
    /// Answered, with a price at least.
    public internal(set) var answered = 0
    /// Not answered, or with nonsense.
    public internal(set) var failed = 0
    /// Answered with the wish to be asked less often.
    public internal(set) var limited = 0
    /// Not asked: the source was spared, or its minute was full.
    public internal(set) var unasked = 0
    /// Whether it is spared at the moment.
    public internal(set) var isSpared = false
    /// When it last answered, on the client's clock; nil for never.
    public internal(set) var answeredAt: Int64?

    /// Nothing yet.
    public init() {}
}
