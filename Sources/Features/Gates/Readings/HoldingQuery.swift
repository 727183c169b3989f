/// A question to a chain.
public struct HoldingQuery: Hashable, Sendable {
    /// Whose holdings.
    public let wallet: Wallet
    /// Of what.
    public let asset: Asset

    /// A question.
    public init(_ wallet: Wallet, _ asset: Asset) {
        self.wallet = wallet
        self.asset = asset
    }

    /// A question to Solana.
    public init(_ wallet: SolanaAddress, _ asset: Asset) { self.init(.solana(wallet), asset) }
}
