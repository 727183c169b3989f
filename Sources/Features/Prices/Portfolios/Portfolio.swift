public import Decimals

/// Somebody's holdings and what they are worth, kept current price by price (REQUIREMENTS B7).
///
/// A new price of a symbol costs the same however many holdings there are: what the holding was worth is taken out of the
/// sum, and what it is worth now put in. Each holding's value is rounded half to even at the 18th place; sums are exact.
public struct Portfolio: Sendable {
    /// The holdings by symbol.
    public private(set) var holdings: [Symbol: ExactDecimal]
    private var values: [Symbol: ExactDecimal] = [:]
    private var sum = DecimalSum()
    // Prices to compare with, and the value that the holdings have by them.
    private var references: [Symbol: ExactDecimal] = [:]

    /// Holdings without prices; several of one symbol are added up.
    ///
    /// - Throws: ``DecimalError/outOfRange`` where such a sum is too large.
    public init(_ holdings: [Holding]) throws(DecimalError) {
        self.holdings = [:]
        for holding in holdings {
            let amount = self.holdings[holding.symbol] ?? 0
            self.holdings[holding.symbol] = try amount.adding(holding.amount)
        }
    }

    /// Whether a symbol's price changes the value.
    public func isTouched(by symbol: Symbol) -> Bool { holdings[symbol] != nil }

    /// Sets what changes are measured from, as yesterday's prices.
    public mutating func setReference(_ prices: [Symbol: ExactDecimal]) {
        references = prices.filter { holdings[$0.key] != nil }
    }

    /// Takes in a symbol's price.
    ///
    /// - Returns: Whether that changes the value.
    /// - Throws: ``DecimalError/outOfRange`` where the holding's value is too large; nothing changes then.
    @discardableResult
    public mutating func take(_ symbol: Symbol, _ price: ExactDecimal) throws(DecimalError) -> Bool {
        guard let amount = holdings[symbol] else { return false }
        let value = try amount.multiplied(by: price)
        let old = values.updateValue(value, forKey: symbol)
        if let old { sum.remove(old) }
        sum.add(value)
        return old != value
    }

    /// What all is worth whose price is known.
    ///
    /// - Throws: ``DecimalError/outOfRange`` where a sum is too large.
    public func value() throws(DecimalError) -> ExactDecimal { try sum.total() }

    /// What the portfolio is worth now, in parts.
    ///
    /// - Throws: ``DecimalError/outOfRange`` where a sum is too large.
    public func valuation() throws(DecimalError) -> PortfolioValuation {
        let total = try sum.total()
        var rows: [PortfolioValuation.Row] = []
        var now = DecimalSum()
        var before = DecimalSum()
        for (symbol, value) in values {
            let share = total.isPositive ? try value.divided(by: total) : nil
            rows.append(PortfolioValuation.Row(symbol: symbol, value: value, share: share))
            guard let reference = references[symbol], let amount = holdings[symbol] else { continue }
            now.add(value)
            before.add(try amount.multiplied(by: reference))
        }
        let old = try before.total()
        return PortfolioValuation(
            value: total, change: before.count > 0 ? try now.total().subtracting(old) : nil,
            changeShare: old.isPositive ? try now.total().subtracting(old).divided(by: old) : nil,
            rows: rows.sorted { $0.symbol < $1.symbol },
            missing: holdings.keys.filter { values[$0] == nil }.sorted())
    }
}
