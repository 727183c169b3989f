/// What a gate can ask a wallet for.
public enum Asset: Hashable, Sendable {
    /// The chain's own coin, in lamports.
    case native
    /// A fungible token by its mint, of the SPL program or Token-2022, in base units.
    case token(SolanaAddress)
    /// Items of a verified NFT collection.
    case collection(SolanaAddress)
}
