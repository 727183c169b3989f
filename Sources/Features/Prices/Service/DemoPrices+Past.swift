public import Bytes

// What a symbol did before anybody told a price of it: whoever opens a chart in the first minute finds one.
extension DemoPrices {
    /// How far back it goes, in milliseconds: a day, and enough before it to say what the price was a day ago.
    public static let pastMilliseconds: Int64 = 26 * 3_600_000
    /// How far its ticks lie apart: three make a candle of a minute with a body and wicks.
    static let pastStepMilliseconds: Int64 = 20_000
    /// Ticks of the time before a moment, oldest first, that end in the prices it walks on from.
    ///
    /// One step each: as many as lie in twenty seconds would make days that no market has. The same seed and twenty seconds
    /// give the same ticks.
    ///
    /// - Parameters:
    ///   - symbols: Of which.
    ///   - milliseconds: How far back.
    public func past(of symbols: Set<Symbol>, until now: Timestamp, milliseconds: Int64) -> [Tick] {
        let step = DemoPrices.pastStepMilliseconds
        let end = now.milliseconds - now.milliseconds % step
        let count = max(0, milliseconds / step)
        var ticks: [Tick] = []
        ticks.reserveCapacity(symbols.count * Int(count))
        for (index, walk) in walks.enumerated() where symbols.contains(walk.symbol) {
            var random = DemoRandom(seed: seed &+ UInt64(index + 1) &* 0x2545_F491_4F6C_DD1D)
            var walk = walk
            for number in 0..<count {
                let moment = Timestamp(milliseconds: end - number * step)
                if let tick = walk.tick(at: moment, &random) { ticks.append(tick) }
                walk.price = walk.step(&random)
            }
        }
        return ticks.sorted { $0.at < $1.at }
    }
}
