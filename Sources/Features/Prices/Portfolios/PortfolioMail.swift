/// What others ask of the desk of portfolios.
public enum PortfolioMail: Sendable {
    /// Somebody has begun to listen to a portfolio's channel.
    case opened(channel: String)
    /// A portfolio is another than it was.
    case changed(id: String, tenant: String)
    /// Any of them may be.
    case reload
    /// What the store has of one that was asked for.
    case loaded(id: String, LoadedPortfolio?)
    /// Those of the portfolios that somebody listens to.
    case listened(Set<String>)
    /// Whether this process tells a portfolio's value, of several.
    case duty(id: String, isHeld: Bool)
}

/// A portfolio out of the store.
public struct LoadedPortfolio: Sendable {
    let portfolio: Portfolio
    let tenant: String
}
