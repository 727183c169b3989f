/// Which portfolios a symbol's price touches.
public struct PortfolioIndex: Sendable {
    private var portfolios: [Symbol: Set<String>] = [:]
    private var symbols: [String: [Symbol]] = [:]

    /// An index of no portfolios.
    public init() {}

    /// Notes a portfolio's symbols, in place of those before; none of them takes it out.
    public mutating func set(_ portfolio: String, _ held: some Sequence<Symbol>) {
        for symbol in symbols.removeValue(forKey: portfolio) ?? [] {
            portfolios[symbol]?.remove(portfolio)
            if portfolios[symbol]?.isEmpty ?? false { portfolios[symbol] = nil }
        }
        let held = Array(Set(held))
        guard !held.isEmpty else { return }
        symbols[portfolio] = held
        for symbol in held { portfolios[symbol, default: []].insert(portfolio) }
    }

    /// The portfolios that a symbol's price touches.
    public func touched(by symbol: Symbol) -> Set<String> { portfolios[symbol] ?? [] }
}
