public import Outbound
public import Reactor

/// How a source is listened to.
public struct FeedSettings: Sendable {
    /// Where it is.
    public var url: WebSocketURL
    /// The rules for verifying it; nil where it is spoken to without TLS.
    public var tls: TLSContext?
    /// The source's names of symbols.
    public var ids: [Symbol: String]
    /// How long nothing may come before the connection counts as lost, in milliseconds.
    public var silenceMilliseconds: Int64 = 30_000
    /// The first pause before another try, and the longest, in milliseconds; half of it by chance.
    public var pauseMilliseconds: ClosedRange<Int64> = 250...30_000

    /// The defaults, for an address and symbols.
    public init(url: WebSocketURL, tls: TLSContext?, ids: [Symbol: String]) {
        self.url = url
        self.tls = tls
        self.ids = ids
    }
}

/// What came over a source's connections since the start.
public struct FeedFigures: Equatable, Sendable {
    /// Prices.
    public internal(set) var prices = 0
    /// Trades whose price did not come.
    public internal(set) var missed = 0
    /// Prices that were asked for since they did not come.
    public internal(set) var asked = 0
    /// Messages that could not be read, or said that something is wrong.
    public internal(set) var bad = 0
    /// Connections that were opened.
    public internal(set) var connections = 0
    /// Whether one is open.
    public internal(set) var isOpen = false

    /// Nothing yet.
    public init() {}
}
