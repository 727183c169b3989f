public import Decimals
public import JSON

/// What a portfolio is worth.
public struct PortfolioValuation: Hashable, Sendable, JSONMembers {
    /// One holding's part.
    public struct Row: Hashable, Sendable {
        /// Of what.
        public let symbol: Symbol
        /// What it is worth.
        public let value: ExactDecimal
        /// Its share of the whole, 0 to 1, half to even at the 18th place; nil where the whole is worth nothing.
        public let share: ExactDecimal?
    }

    /// What all is worth whose price is known.
    public let value: ExactDecimal
    /// The difference to the value by the reference prices, of the holdings that have one; nil where none has.
    public let change: ExactDecimal?
    /// That difference over the value by the reference prices; nil where that is nothing.
    public let changeShare: ExactDecimal?
    /// Each holding whose price is known, by symbol.
    public let rows: [Row]
    /// Holdings whose price is unknown, ascending: they count nothing.
    public let missing: [Symbol]

    /// Writes the members of a valuation.
    public func writeMembers(to writer: inout JSONWriter) {
        writer.field("value", value)
        writer.field("change", ifPresent: change)
        writer.field("change_share", ifPresent: changeShare)
        writer.key("holdings")
        writer.beginArray()
        for row in rows {
            writer.beginObject()
            writer.field("symbol", row.symbol.text)
            writer.field("value", row.value)
            writer.field("share", ifPresent: row.share)
            writer.endObject()
        }
        writer.endArray()
        writer.key("missing")
        writer.beginArray()
        for symbol in missing { writer.value(symbol.text) }
        writer.endArray()
    }
}
