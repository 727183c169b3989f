import Bytes

/// What a channel of streams carries, as the beginning of its name says.
public enum StreamKind: Sendable, CaseIterable {
    /// `topic:…`: whatever an application wants to send.
    case topic
    /// `price:{symbol}`: the price of something, and how sure it is.
    case price
    /// `candles:{symbol}:{interval}`: the candle that is open, and its end.
    case candles
    /// `anomalies`, one channel: sources of prices that disagree.
    case anomalies
    /// `risk:{symbol}`: how risky something is.
    case risk
    /// `portfolio:{id}`: what somebody's holdings are worth; for those alone who may know.
    case portfolio
    /// `watchlist:{id}`: which symbols somebody watches, and the prices of these; for that person alone.
    case watchlist
    /// `leaderboard:{board}`: who is first.
    case leaderboard

    /// The kind of a channel or pattern; nil for `me`, and for names that no stream has.
    public init?(_ channel: String) {
        for kind in StreamKind.allCases {
            let bytes = channel.utf8
            guard bytes.starts(with: kind.prefix.utf8) else { continue }
            if kind.isAlone {
                guard bytes.count == kind.prefix.utf8.count else { return nil }
                self = kind
                return
            }
            let rest = bytes.dropFirst(kind.prefix.utf8.count)
            guard !rest.isEmpty else { return nil }
            self = kind
            return
        }
        return nil
    }

    /// The kind whose publications have a type.
    public init?(messageType: String) {
        guard let kind = StreamKind.allCases.first(where: { $0.messageType == messageType }) else {
            return nil
        }
        self = kind
    }

    /// The channel whose value a message with several values lists under a key.
    public func channel(ofKey key: String) -> String { prefix + key }

    /// Whether there is one channel of this kind, whose name is all of ``prefix``.
    private var isAlone: Bool { self == .anomalies }

    /// What the names of its channels begin with.
    var prefix: String {
        switch self {
        case .topic: "topic:"
        case .price: "price:"
        case .candles: "candles:"
        case .anomalies: "anomalies"
        case .risk: "risk:"
        case .portfolio: "portfolio:"
        case .watchlist: "watchlist:"
        case .leaderboard: "leaderboard:"
        }
    }

    /// The `type` of its publications.
    var messageType: String {
        switch self {
        case .topic: "publication"
        case .price: "price_update"
        case .candles: "candle_update"
        case .anomalies: "anomaly"
        case .risk: "risk_update"
        case .portfolio: "portfolio_update"
        case .watchlist: "watchlist_update"
        case .leaderboard: "leaderboard_update"
        }
    }

    /// Whether its values are told only while somebody listens, since making them costs something.
    var isToldOnDemand: Bool {
        switch self {
        case .candles, .portfolio, .leaderboard: true
        case .topic, .price, .anomalies, .risk, .watchlist: false
        }
    }

    /// Whether a publication takes the place of all before it, so that readers may be given the newest one alone.
    public var isValue: Bool {
        switch self {
        case .price, .risk, .portfolio, .leaderboard: true
        case .topic, .candles, .anomalies, .watchlist: false
        }
    }
}
