public import Bytes

/// The candles of all symbols that may still change.
public struct CandleBook: Sendable {
    private let window: CandleWindow
    private var series: [Symbol: CandleSeries] = [:]

    /// A book of no symbols.
    public init(_ window: CandleWindow = CandleWindow()) { self.window = window }

    /// Goes on with a symbol's candles of a store.
    ///
    /// - Parameter ticks: Those of the window, which are in the candles already: they are known again.
    public mutating func restore(
        _ symbol: Symbol, _ kept: [CandleInterval: [Candle]], knowing ticks: [Tick] = []
    ) {
        series[symbol] = CandleSeries(window, restoring: kept, knowing: ticks)
    }

    /// Takes in a tick.
    ///
    /// - Parameter now: The clock's moment.
    public mutating func take(_ tick: Tick, now: Timestamp) -> TickVerdict {
        series[tick.symbol, default: CandleSeries(window)].take(tick, now: now)
    }

    /// A symbol's candle in which a moment lies, while it may still change.
    public func candle(_ symbol: Symbol, _ interval: CandleInterval, at moment: Timestamp) -> Candle? {
        series[symbol]?.candle(interval, at: moment)
    }

    /// A symbol's candles in which a moment lies, of all intervals, while they may still change.
    func candles(_ symbol: Symbol, at moment: Timestamp) -> [(key: CandleKey, candle: Candle)] {
        series[symbol]?.candles(at: moment) ?? []
    }

    /// A symbol's candles of an interval that may still change, ascending.
    public func candles(_ symbol: Symbol, _ interval: CandleInterval) -> [Candle] {
        series[symbol]?.candles(interval) ?? []
    }
}
