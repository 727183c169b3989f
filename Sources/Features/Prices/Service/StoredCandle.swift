import Bytes
import Decimals
public import Storage

extension CandleRecord {
    /// What the store keeps of a candle.
    init(_ candle: Candle, _ symbol: Symbol, _ interval: CandleInterval) {
        let volumes = candle.volumes
        self.init(
            symbol: symbol.text, interval: interval.rawValue, start: candle.start, open: candle.open.text,
            high: candle.high.text, low: candle.low.text, close: candle.close.text, openAt: candle.openAt,
            closeAt: candle.closeAt, volume: volumes.stored,
            volumeCount: Int64(volumes.count), tickCount: Int64(candle.tickCount))
    }
}

extension Candle {
    /// What the store has; nil where it is no candle.
    public init?(_ record: CandleRecord) {
        guard let open = try? ExactDecimal(record.open), let high = try? ExactDecimal(record.high),
            let low = try? ExactDecimal(record.low), let close = try? ExactDecimal(record.close),
            let volumes = DecimalSum(stored: record.volume, count: Int(record.volumeCount))
        else { return nil }
        self.init(
            start: record.start, open: open, openAt: record.openAt, high: high, low: low, close: close,
            closeAt: record.closeAt, volumes: volumes, tickCount: Int(record.tickCount))
    }
}

extension DecimalSum {
    /// Its sum as ``CandleRecord/volume`` has it; nil where nothing was added.
    fileprivate var stored: String? {
        guard count > 0 else { return nil }
        let digits = String(fraction)
        return "\(whole)." + String(repeating: "0", count: 18 - digits.utf8.count) + digits
    }

    /// A sum of numbers that are not negative, as ``CandleRecord/volume`` has it.
    fileprivate init?(stored text: String?, count: Int) {
        guard let text else {
            self.init()
            return
        }
        let parts = text.split(separator: ".")
        guard parts.count == 2, parts[1].utf8.count == 18, let whole = Int128(parts[0]),
            let fraction = Int64(parts[1])
        else { return nil }
        self.init(whole: whole, fraction: fraction, count: count)
    }
}

extension TickRecord {
    /// What the store keeps of a tick.
    init(_ tick: Tick, number: Int64) {
        self.init(
            symbol: tick.symbol.text, at: tick.at, source: tick.source, key: tick.key, number: number,
            price: tick.price.text, volume: tick.volume?.text)
    }
}

extension Tick {
    /// What a repeat by the same source has in common with it, beside symbol and moment.
    var key: String {
        if let sequence { return "#\(sequence)" }
        return volume.map { "\(price.text) \($0.text)" } ?? price.text
    }

    /// What the store has; nil where it is no tick.
    init?(_ record: TickRecord) {
        guard let symbol = Symbol(record.symbol), let price = try? ExactDecimal(record.price) else {
            return nil
        }
        let sequence = record.key.first == "#" ? Int64(record.key.dropFirst()) : nil
        self.init(
            symbol, price: price, volume: record.volume.flatMap { try? ExactDecimal($0) },
            source: record.source, at: record.at, sequence: sequence)
    }
}
