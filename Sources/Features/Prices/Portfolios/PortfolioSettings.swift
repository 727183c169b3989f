/// Bounds of portfolios.
public struct PortfolioSettings: Sendable {
    /// Portfolios of one person.
    public var perPerson = 20
    /// Symbols of one portfolio.
    public var holdings = 200
    /// People who may read one beside its owner.
    public var shares = 50

    /// The defaults.
    public init() {}
}
