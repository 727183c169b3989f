public import Bytes
public import Decimals

/// One price of one symbol, as a source told it.
public struct Tick: Hashable, Sendable {
    /// What has the price.
    public let symbol: Symbol
    /// The price, above zero.
    public let price: ExactDecimal
    /// How much was traded, where the source says so; not negative.
    public let volume: ExactDecimal?
    /// Who says so; empty for a mean of several.
    public let source: String
    /// When it was so, by the source's clock.
    public let at: Timestamp
    /// The source's own number of the tick, where it numbers them.
    ///
    /// The same source and number for a symbol is the same tick; without numbers it is the same source and moment and
    /// values.
    public let sequence: Int64?
    /// How far it can be trusted: one source's word, or what a comparison with another one came to.
    public let confidence: Confidence

    /// A tick, or nil where the price is not above zero or the volume below it.
    public init?(
        _ symbol: Symbol, price: ExactDecimal, volume: ExactDecimal? = nil, source: String, at: Timestamp,
        sequence: Int64? = nil, confidence: Confidence = .medium
    ) {
        guard price.isPositive, volume.map({ !$0.isNegative }) ?? true else { return nil }
        self.symbol = symbol
        self.price = price
        self.volume = volume
        self.source = source
        self.at = at
        self.sequence = sequence
        self.confidence = confidence
    }
}

extension Tick {
    /// What sources that were asked came to; nil for what is no news.
    init?(_ symbol: Symbol, _ value: PriceValue) {
        guard value.confidence != .stale else { return nil }
        self.init(
            symbol, price: value.price, volume: value.volume, source: value.source ?? "", at: value.at,
            confidence: value.confidence)
    }
}
