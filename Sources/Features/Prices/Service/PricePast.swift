import Bytes
public import Storage

/// What a desk has to know of the time before its start.
public struct PricePast: Sendable {
    let prices: [PriceRecord]
    /// Candles that may still change.
    let candles: [Symbol: [CandleInterval: [Candle]]]
    /// Of these the ones that the store has not as they are: they were changed shortly before an end without warning.
    let mended: [Symbol: [(key: CandleKey, candle: Candle)]]
    /// Ticks that may be told again.
    let ticks: [Symbol: [Tick]]

    /// Ticks of a symbol that are known again; beyond, only the store knows.
    private static let tickLimit = 20_000
    /// Questions of one reading.
    private static let questionLimit = 1000

    /// Nothing was before.
    public init() { (prices, candles, mended, ticks) = ([], [:], [:], [:]) }

    /// Reads it.
    ///
    /// - Parameters:
    ///   - wanted: Of these symbols; nil for all.
    ///   - leavesOwed: Whether ticks that are in no candle yet are left out of those that are known.
    public init(
        _ repository: PriceRepository, _ settings: PriceSettings, of wanted: Set<Symbol>? = nil,
        leavingOwed leavesOwed: Bool = false
    ) async throws(StorageError) {
        let all = try await repository.prices()
        prices = all.filter { record in
            guard let wanted else { return true }
            return Symbol(record.symbol).map(wanted.contains) ?? false
        }
        let kept = try await PricePast.candles(of: prices, repository, settings.window)
        var candles: [Symbol: [CandleInterval: [Candle]]] = [:]
        var mended: [Symbol: [(key: CandleKey, candle: Candle)]] = [:]
        for record in prices {
            guard let symbol = Symbol(record.symbol), let before = kept[symbol] else { continue }
            let after = CandleMending.mend(before, newest: record.at, settings.window)
            candles[symbol] = after
            for (interval, now) in after {
                let known = Set(before[interval] ?? [])
                for candle in now where !known.contains(candle) {
                    mended[symbol, default: []].append(
                        (CandleKey(interval: interval, start: candle.start), candle))
                }
            }
        }
        (self.candles, self.mended) = (candles, mended)
        var ticks: [Symbol: [Tick]] = [:]
        for first in stride(from: 0, to: prices.count, by: PricePast.questionLimit) {
            let part = prices[first..<min(first + PricePast.questionLimit, prices.count)]
            let kept = try await repository.ticks(
                before: part.map { ($0.symbol, $0.at) }, milliseconds: settings.window.lateness,
                limit: PricePast.tickLimit)
            for tick in kept.compactMap({ Tick($0) }) { ticks[tick.symbol, default: []].append(tick) }
        }
        // Read behind the others: what came meanwhile is owed, and not among them or taken out here.
        if leavesOwed {
            let owed = Set(try await repository.owedTicks(limit: .max).map { PricePast.identity($0.tick) })
            for (symbol, kept) in ticks {
                ticks[symbol] = kept.filter { !owed.contains(PricePast.identity($0)) }
            }
        }
        self.ticks = ticks
    }

    private struct Identity: Hashable {
        let symbol, source, key: String
        let at: Timestamp
    }

    private static func identity(_ tick: TickRecord) -> Identity {
        Identity(symbol: tick.symbol, source: tick.source, key: tick.key, at: tick.at)
    }

    private static func identity(_ tick: Tick) -> Identity {
        Identity(symbol: tick.symbol.text, source: tick.source, key: tick.key, at: tick.at)
    }

    /// The kept candles of all symbols that a tick may still change, and those of which longer ones are made.
    private static func candles(
        of prices: [PriceRecord], _ repository: PriceRepository, _ window: CandleWindow
    ) async throws(StorageError) -> [Symbol: [CandleInterval: [Candle]]] {
        let questions = prices.flatMap { record in
            CandleInterval.allCases.map { interval in
                CandleQuestion(
                    symbol: record.symbol, interval: interval.rawValue,
                    from: interval.mendingStart(newest: record.at, window))
            }
        }
        var found: [Symbol: [CandleInterval: [Candle]]] = [:]
        for first in stride(from: 0, to: questions.count, by: questionLimit) {
            let part = Array(questions[first..<min(first + questionLimit, questions.count)])
            for record in try await repository.candles(part) {
                guard let symbol = Symbol(record.symbol), let candle = Candle(record),
                    let interval = CandleInterval(rawValue: record.interval)
                else { continue }
                found[symbol, default: [:]][interval, default: []].append(candle)
            }
        }
        return found
    }
}
