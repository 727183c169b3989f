/// The channels of candles that somebody has begun to listen to: what nobody wants costs nothing but its storage.
struct CandleWishes {
    /// How often wishes are looked through for those that are over, in milliseconds.
    private static let pauseMilliseconds: Int64 = 30_000

    /// When each was heard last.
    private var wanted: [Symbol: [CandleInterval: Int64]] = [:]
    /// Whether there were more than are worth remembering: then all count as wanted.
    private var areAll = false
    private var lookedAt: Int64 = 0
    /// How long a wish counts that is not heard again, in milliseconds; nil where it stays: telling a channel that
    /// nobody listens to any more is a small waste where all who listen are here.
    let lifetime: Int64?

    /// Wishes of nobody.
    init(lifetime: Int64?) { self.lifetime = lifetime }

    /// Notes that somebody listens to a channel.
    ///
    /// - Parameter limit: Symbols that are remembered; there may be channels of symbols that have no price.
    /// - Returns: Whether that is news.
    mutating func add(_ channel: CandleChannel, limit: Int, at now: Int64) -> Bool {
        guard !areAll else { return false }
        forgetOld(now)
        let last = wanted[channel.symbol, default: [:]].updateValue(now, forKey: channel.interval)
        if wanted.count > limit {
            areAll = true
            wanted = [:]
        }
        return last == nil
    }

    /// Whether candles of a symbol are wanted at all.
    func contains(_ symbol: Symbol) -> Bool { areAll || wanted[symbol] != nil }

    /// Whether candles of a symbol and a length are wanted.
    func contains(_ symbol: Symbol, _ interval: CandleInterval) -> Bool {
        areAll || wanted[symbol]?[interval] != nil
    }

    private mutating func forgetOld(_ now: Int64) {
        guard let lifetime, now - lookedAt >= CandleWishes.pauseMilliseconds else { return }
        lookedAt = now
        wanted = wanted.mapValues { $0.filter { now - $0.value < lifetime } }.filter { !$0.value.isEmpty }
    }
}
