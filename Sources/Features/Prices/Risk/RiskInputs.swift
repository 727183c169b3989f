public import Decimals

/// What is known of an asset when its risk is scored; nil is unknown.
public struct RiskInputs: Hashable, Sendable {
    /// Whether there is a smart contract, and what an audit says of it.
    public enum Contract: Hashable, Sendable {
        /// The asset has none.
        case none
        /// One without an audit's score.
        case unaudited
        /// One of this quality: 0 to 100, more is better.
        case audited(ExactDecimal)
    }

    /// Market capitalisation.
    public var marketCap: ExactDecimal?
    /// Volatility of 90 days, in percent.
    public var volatility: ExactDecimal?
    /// What is traded in 24 hours.
    public var volume: ExactDecimal?
    /// The smart contract.
    public var contract: Contract
    /// Sentiment, 0 to 100.
    public var sentiment: ExactDecimal?
    /// What the ten largest holders have, in percent.
    public var topHolders: ExactDecimal?

    /// What is known.
    public init(
        marketCap: ExactDecimal? = nil, volatility: ExactDecimal? = nil, volume: ExactDecimal? = nil,
        contract: Contract = .unaudited, sentiment: ExactDecimal? = nil, topHolders: ExactDecimal? = nil
    ) {
        self.marketCap = marketCap
        self.volatility = volatility
        self.volume = volume
        self.contract = contract
        self.sentiment = sentiment
        self.topHolders = topHolders
    }

    /// The first input that cannot be, by its name on the wire: below 0, or a percentage above 100.
    var impossible: String? {
        let audit: ExactDecimal? = if case .audited(let score) = contract { score } else { nil }
        let bounded = [("audit_score", audit), ("sentiment", sentiment), ("top_holders", topHolders)]
        let unbounded = [("market_cap", marketCap), ("volatility", volatility), ("volume", volume)]
        return unbounded.first { $0.1?.isNegative ?? false }?.0
            ?? bounded.first { $0.1.map { $0.isNegative || $0 > 100 } ?? false }?.0
    }

    /// Those without which there is no score and which are unknown, by their names on the wire.
    var missing: [String] {
        [("market_cap", marketCap), ("volatility", volatility), ("volume", volume)]
            .filter { $0.1 == nil }.map(\.0)
    }
}
