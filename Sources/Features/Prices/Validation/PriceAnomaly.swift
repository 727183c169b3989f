public import Bytes
public import Decimals
public import JSON

/// Two sources that are too far apart.
public struct PriceAnomaly: Hashable, Sendable {
    /// Of what.
    public let symbol: Symbol
    /// The price that is published.
    public let primary: ExactDecimal
    /// The other one.
    public let secondary: ExactDecimal
    /// When they were seen.
    public let at: Timestamp

    /// A difference of two sources.
    public init(_ symbol: Symbol, primary: ExactDecimal, secondary: ExactDecimal, at: Timestamp) {
        self.symbol = symbol
        self.primary = primary
        self.secondary = secondary
        self.at = at
    }

    /// How far they are apart, in percent of the primary's price, cut off at the 18th place; nil beyond 10¹⁸.
    public var percent: ExactDecimal? {
        let difference = try? secondary.subtracting(primary).magnitude
        return try? difference?.divided(by: primary, .towardZero).multiplied(byWhole: 100)
    }

    /// Writes the members of an anomaly.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.field("symbol", symbol.text)
        writer.field("primary", primary)
        writer.field("secondary", secondary)
        writer.field("percent", ifPresent: percent)
        writer.field("at", at.milliseconds)
    }
}
