/// Bounds of portfolios.
public struct PortfolioSettings: Sendable {
    /// Portfolios of one person.
    public var perPerson = 20
    /// Symbols of one portfolio.
    public var holdings = 200
    /// People who may read one beside its owner.
    public var shares = 50
    /// Portfolios that alerts may watch at a time, all people's together: each is kept open for it.
    public var watched = 5000

    /// The defaults.
    public init() {}
}
