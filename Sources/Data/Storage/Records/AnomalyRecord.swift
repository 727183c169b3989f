public import Bytes

/// Two sources of prices that were too far apart; numbers are exact decimals as text.
public struct AnomalyRecord: Sendable, Hashable {
    /// Of what.
    public var symbol: String
    /// When it was seen.
    public var at: Timestamp
    /// The price that was told, and the other one.
    public var primary, secondary: String
    /// How far they are apart, in percent of the primary's; nil beyond what a decimal holds.
    public var percent: String?
    /// Who said so.
    public var primarySource, secondarySource: String

    /// An anomaly.
    public init(
        symbol: String, at: Timestamp, primary: String, secondary: String, percent: String?,
        primarySource: String, secondarySource: String
    ) {
        self.symbol = symbol
        self.at = at
        self.primary = primary
        self.secondary = secondary
        self.percent = percent
        self.primarySource = primarySource
        self.secondarySource = secondarySource
    }
}
