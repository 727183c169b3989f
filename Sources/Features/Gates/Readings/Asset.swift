/// What a gate can ask a wallet for.
public enum Asset: Hashable, Sendable {
    /// Solana's own coin, in lamports.
    case native
    /// A fungible token by its mint, of the SPL program or Token-2022, in base units.
    case token(SolanaAddress)
    /// Items of a verified NFT collection.
    case collection(SolanaAddress)
    /// The XRP Ledger's own coin, in drops.
    case xrp
    /// What an issuer on the XRP Ledger owes, in units of the given decimal place, rounded down.
    case issued(XRPLToken, scale: Int)
    /// Items of an issuer on the XRP Ledger with one taxon.
    case xrplItems(XRPLAddress, taxon: UInt32)

    /// Whether the XRP Ledger is asked.
    public var isXRPL: Bool {
        switch self {
        case .native, .token, .collection: false
        case .xrp, .issued, .xrplItems: true
        }
    }

    /// Whether a wallet can hold it.
    func isOf(_ wallet: Wallet) -> Bool {
        if case .xrpl = wallet { isXRPL } else { !isXRPL }
    }
}
