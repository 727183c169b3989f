import Bytes
import Decimals
public import JSON
import Storage

/// The newest price of a symbol, as subscribers and readers see it.
public struct QuotedPrice: Hashable, Sendable, JSONMembers {
    /// What it is the price of.
    public let symbol: Symbol
    /// The price, and how far it can be trusted.
    public let value: PriceValue

    /// Writes its JSON members, the symbol not among them.
    public func writeMembers(to writer: inout JSONWriter) { value.writeMembers(to: &writer) }

    /// The channel on which it is told.
    var channel: String { symbol.priceChannel }
}

extension QuotedPrice {
    /// A tick's price.
    init(_ tick: Tick) {
        self.init(
            symbol: tick.symbol,
            value: PriceValue(
                tick.price, tick.confidence, at: tick.at, volume: tick.volume,
                source: tick.source.isEmpty ? nil : tick.source))
    }

    /// What the store has; nil where it is no price.
    init?(_ record: PriceRecord, now: Timestamp) {
        guard let symbol = Symbol(record.symbol), let price = try? ExactDecimal(record.price),
            let confidence = Confidence(rawValue: record.confidence)
        else { return nil }
        let value = PriceValue(
            price, confidence, at: record.at, volume: record.volume.flatMap { try? ExactDecimal($0) },
            source: record.source.isEmpty ? nil : record.source)
        self.init(symbol: symbol, value: confidence == .stale ? value.stale(now: now) : value)
    }
}

extension PriceRecord {
    /// What the store keeps of a price.
    init(_ price: QuotedPrice) {
        self.init(
            symbol: price.symbol.text, price: price.value.price.text,
            confidence: price.value.confidence.rawValue, at: price.value.at, source: price.value.source ?? "",
            volume: price.value.volume?.text)
    }
}
