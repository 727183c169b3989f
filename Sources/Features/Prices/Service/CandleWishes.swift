/// The channels of candles that somebody has begun to listen to: what nobody wants costs nothing but its storage.
struct CandleWishes {
    private static let all = Set(CandleInterval.allCases)

    private var wanted: [Symbol: Set<CandleInterval>] = [:]
    /// Whether there were more than are worth remembering: then all count as wanted.
    private var areAll = false

    /// Notes that somebody listens to a channel. It stays noted: telling a channel that nobody listens to any more is
    /// a small waste.
    ///
    /// - Parameter limit: Symbols that are remembered; there may be channels of symbols that have no price.
    mutating func add(_ channel: CandleChannel, limit: Int) {
        guard !areAll else { return }
        wanted[channel.symbol, default: []].insert(channel.interval)
        guard wanted.count > limit else { return }
        areAll = true
        wanted = [:]
    }

    /// The intervals that are wanted of a symbol; nil for none.
    func intervals(of symbol: Symbol) -> Set<CandleInterval>? {
        areAll ? CandleWishes.all : wanted[symbol]
    }
}
