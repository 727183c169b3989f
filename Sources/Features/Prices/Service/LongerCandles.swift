import Bytes

/// Candles of a symbol, longer than the shortest, that have changed and are not written yet.
struct LongerCandles {
    private(set) var all: [CandleKey: Candle] = [:]
    /// When the newest tick was that is in one of them.
    private var newest = Timestamp(milliseconds: .min)

    /// Sets a candle as it is now.
    mutating func set(_ key: CandleKey, _ candle: Candle) {
        all[key] = candle
        newest = max(newest, candle.closeAt)
    }

    /// Takes out those that no tick can change any more: ``CandleMending`` makes others anew after a crash, these not.
    mutating func takeFinal(_ window: CandleWindow) -> [CandleKey: Candle] {
        let oldest = Timestamp(milliseconds: newest.milliseconds - window.lateness)
        let final = all.filter { $0.key.start < $0.key.interval.start(of: oldest) }
        for key in final.keys { all[key] = nil }
        return final
    }
}
