import Bytes

/// What others ask of the desk of portfolios.
public enum PortfolioMail: Sendable {
    /// Somebody has begun to listen to a portfolio's channel.
    case opened(channel: String)
    /// A portfolio is another than it was.
    case changed(id: String)
    /// Any of them may be.
    case reload
    /// What the store has of those that were asked for; nil where it could not be asked.
    case loaded([String], [LoadedPortfolio]?)
    /// Which of those that were looked at are others than they were; nil where the store could not be asked.
    case looked([String]?)
    /// Those of the portfolios that somebody listens to.
    case listened(Set<String>)
    /// Whether this process tells a portfolio's value, of several.
    case duty(id: String, isHeld: Bool)
    /// From now on this process tells alerts values, of no portfolio yet.
    case beginWatch(term: Int64)
    /// Alerts watch other portfolios than before.
    case watch(PortfolioWatch)
    /// Another process tells alerts values, or none.
    case endWatch
    /// Alerts were told values, or could not be.
    case noted(isDone: Bool)
}

/// A portfolio out of the store.
public struct LoadedPortfolio: Sendable {
    let id: String
    let tenant: String
    let portfolio: Portfolio
    /// Prices of what it holds as the store has them, where other processes are told some too.
    let prices: [Symbol: QuotedPrice]
    /// When it was changed last, as the store says.
    let changedAt: Timestamp
}
