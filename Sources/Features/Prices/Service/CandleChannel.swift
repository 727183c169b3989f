import Bytes

/// The channel of a symbol's candles of one length, as `candles:BTC-USD:1h`.
public struct CandleChannel: Hashable, Sendable {
    /// The symbol.
    public let symbol: Symbol
    /// How long the candles are.
    public let interval: CandleInterval

    /// Reads a channel's name; nil where it is no such channel.
    public init?(_ name: String) {
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "candles", let symbol = Symbol(String(parts[1])),
            let interval = CandleInterval(rawValue: String(parts[2]))
        else { return nil }
        self.symbol = symbol
        self.interval = interval
    }
}

/// A candle of a symbol, by its length and its beginning.
struct CandleKey: Hashable {
    let interval: CandleInterval
    let start: Timestamp

    func channel(of symbol: Symbol) -> String { "candles:\(symbol.text):\(interval.rawValue)" }
}
