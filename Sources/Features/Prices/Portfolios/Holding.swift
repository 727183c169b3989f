public import Decimals

/// How much of a symbol somebody has.
public struct Holding: Hashable, Sendable {
    /// Of what.
    public let symbol: Symbol
    /// How much; not negative.
    public let amount: ExactDecimal

    /// A holding, or nil where the amount is negative.
    public init?(_ symbol: Symbol, _ amount: ExactDecimal) {
        guard !amount.isNegative else { return nil }
        self.symbol = symbol
        self.amount = amount
    }
}
