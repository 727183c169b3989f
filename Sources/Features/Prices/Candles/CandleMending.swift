import Bytes
import Decimals

extension CandleInterval {
    /// The next longer one; nil for the longest.
    var longer: CandleInterval? {
        let all = CandleInterval.allCases
        guard let index = all.firstIndex(of: self), index + 1 < all.count else { return nil }
        return all[index + 1]
    }

    /// From when on its candles have to be known where the next longer ones are to be made of them: all that a tick may
    /// still change.
    func mendingStart(newest: Timestamp, _ window: CandleWindow) -> Timestamp {
        let oldest = Timestamp(milliseconds: newest.milliseconds - window.lateness)
        return (longer ?? self).start(of: oldest)
    }
}

/// Makes longer candles of shorter ones: the shortest are kept with each tick, longer ones now and then.
enum CandleMending {
    /// A symbol's candles, the longer ones as the shorter ones have them.
    ///
    /// - Parameters:
    ///   - kept: Of each interval all from ``CandleInterval/mendingStart(newest:_:)`` on; longer ones may be behind.
    ///   - newest: When the symbol's newest tick was.
    static func mend(
        _ kept: [CandleInterval: [Candle]], newest: Timestamp, _ window: CandleWindow
    ) -> [CandleInterval: [Candle]] {
        let oldest = Timestamp(milliseconds: newest.milliseconds - window.lateness)
        var mended = kept
        for interval in CandleInterval.allCases {
            guard let longer = interval.longer else { break }
            let from = longer.start(of: oldest)
            let parts = (mended[interval] ?? []).filter { $0.start >= from }
            let groups = Dictionary(grouping: parts) { longer.start(of: $0.start) }
            let made = groups.compactMap { start, parts in Candle(of: parts, from: start) }
            mended[longer] = (kept[longer] ?? []).filter { groups[$0.start] == nil } + made
        }
        return mended
    }
}

extension Candle {
    /// A candle of all the shorter ones that lie in it; nil of none.
    init?(of parts: [Candle], from start: Timestamp) {
        let parts = parts.sorted { $0.start < $1.start }
        guard let first = parts.first, let last = parts.last else { return nil }
        var volumes = DecimalSum()
        for part in parts { volumes.add(part.volumes) }
        self.init(
            start: start, open: first.open, openAt: first.openAt,
            high: parts.map(\.high).max() ?? first.high, low: parts.map(\.low).min() ?? first.low,
            close: last.close, closeAt: last.closeAt, volumes: volumes,
            tickCount: parts.reduce(0) { $0 + $1.tickCount })
    }
}
