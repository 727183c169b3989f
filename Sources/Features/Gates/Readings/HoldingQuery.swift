/// A question to a chain.
public struct HoldingQuery: Hashable, Sendable {
    /// Whose holdings.
    public let wallet: SolanaAddress
    /// Of what.
    public let asset: Asset

    /// A question.
    public init(_ wallet: SolanaAddress, _ asset: Asset) {
        self.wallet = wallet
        self.asset = asset
    }
}
