extension Symbol {
    private static let channelPrefix = "price:"
    private static let riskPrefix = "risk:"

    /// The channel on which its price is told.
    public var priceChannel: String { Symbol.channelPrefix + text }

    /// The symbol whose price is told on a channel; nil for other channels, and for patterns.
    public init?(priceChannel: String) {
        guard priceChannel.utf8.starts(with: Symbol.channelPrefix.utf8) else { return nil }
        self.init(String(priceChannel.dropFirst(Symbol.channelPrefix.count)))
    }

    /// The channel on which its risk is told.
    public var riskChannel: String { Symbol.riskPrefix + text }

    /// The symbol whose risk is told on a channel; nil for other channels, and for patterns.
    public init?(riskChannel: String) {
        guard riskChannel.utf8.starts(with: Symbol.riskPrefix.utf8) else { return nil }
        self.init(String(riskChannel.dropFirst(Symbol.riskPrefix.count)))
    }
}
