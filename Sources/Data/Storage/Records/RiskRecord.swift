public import Bytes

/// What is known of an asset's risk: what somebody gave, and what price sources say. Numbers are exact decimals as text.
public struct RiskRecord: Sendable, Hashable {
    /// Of what.
    public var symbol: String
    /// Given: market capitalisation, volatility in percent, volume of 24 hours.
    public var marketCap, volatility, volume: String?
    /// Given: `none`, `unaudited` or `audited`; nil for unknown.
    public var contract: String?
    /// Given: the audit's score, sentiment, the ten largest holders' share in percent.
    public var auditScore, sentiment, topHolders: String?
    /// What a price source says.
    public var sourceMarketCap, sourceVolume: String?
    /// Which source.
    public var source: String?
    /// When any of it changed last.
    public var changedAt: Timestamp

    /// Of an asset of which nothing is known.
    public init(symbol: String, changedAt: Timestamp) {
        self.symbol = symbol
        self.changedAt = changedAt
    }
}
