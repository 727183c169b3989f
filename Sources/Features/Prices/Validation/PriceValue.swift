public import Bytes
public import Decimals
public import JSON

/// What subscribers see of a symbol.
public struct PriceValue: Hashable, Sendable {
    /// The price.
    public let price: ExactDecimal
    /// How far it can be trusted.
    public let confidence: Confidence
    /// When it was the price; for a stale one, when it last was.
    public let at: Timestamp
    /// How old a stale price is, in milliseconds; nil for others.
    public let age: Int64?
    /// How much was traded, where a source says so.
    public let volume: ExactDecimal?
    /// Whose price it is; nil for a mean.
    public let source: String?

    /// A price that is not stale, or one with its age.
    public init(
        _ price: ExactDecimal, _ confidence: Confidence, at: Timestamp, age: Int64? = nil,
        volume: ExactDecimal? = nil, source: String? = nil
    ) {
        self.price = price
        self.confidence = confidence
        self.at = at
        self.age = age
        self.volume = volume
        self.source = source
    }

    /// The same price when nothing newer is known.
    public func stale(now: Timestamp) -> PriceValue {
        PriceValue(
            price, .stale, at: at, age: max(0, now.milliseconds - at.milliseconds), volume: volume,
            source: source)
    }

    /// Writes the members of `price_update` and of a snapshot's values.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.field("price", price)
        writer.field("confidence", confidence.rawValue)
        writer.field("at", at.milliseconds)
        if let age { writer.field("age_ms", age) }
        writer.field("volume", ifPresent: volume)
        writer.field("source", ifPresent: source)
    }
}
