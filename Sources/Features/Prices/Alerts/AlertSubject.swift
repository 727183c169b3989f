/// What an alert watches.
public enum AlertSubject: Hashable, Sendable {
    /// The price of a symbol.
    case price(Symbol)
    /// The value of a portfolio, by its id.
    case portfolioValue(String)
    /// The risk score of an asset.
    case riskScore(Symbol)
}
