import Bytes
public import Storage

extension PriceRepository {
    /// The symbols among these of which there is no price.
    public func unknown(_ symbols: [Symbol]) async throws(StorageError) -> Set<Symbol> {
        let known = Set(try await prices().map(\.symbol))
        return Set(symbols.filter { !known.contains($0.text) })
    }

    /// Writes ticks of a time before anybody listened: they make candles and newest prices, and fire nothing.
    ///
    /// To be called before the desk reads the past. Nothing is written where another process has begun meanwhile.
    ///
    /// - Parameters:
    ///   - ticks: Oldest first, of symbols without a price.
    ///   - areOwed: Whether the candles are left to whoever makes them, where several processes write to the store.
    public func begin(with ticks: [Tick], areOwed: Bool) async throws(StorageError) {
        var batch = PriceBatch()
        batch.isBeginning = true
        // The desk's own numbers begin later.
        let first = Timestamp.now().milliseconds << 20
        batch.ticks = ticks.enumerated().map { TickRecord($1, number: first + Int64($0)) }
        batch.prices = Dictionary(ticks.map { ($0.symbol, $0) }) { $1 }.values.map {
            PriceRecord(QuotedPrice($0))
        }
        if areOwed {
            batch.owed = Array(ticks.indices)
        } else {
            batch.candles = PriceRepository.candles(of: ticks)
        }
        try await append(batch)
    }

    private static func candles(of ticks: [Tick]) -> [CandleRecord] {
        var all: [Symbol: [CandleKey: Candle]] = [:]
        for tick in ticks {
            for interval in CandleInterval.allCases {
                let key = CandleKey(interval: interval, start: interval.start(of: tick.at))
                if all[tick.symbol]?[key]?.take(tick) == nil {
                    all[tick.symbol, default: [:]][key] = Candle(tick, interval)
                }
            }
        }
        return all.flatMap { symbol, candles in
            candles.map { CandleRecord($1, symbol, $0.interval) }
        }
    }
}
