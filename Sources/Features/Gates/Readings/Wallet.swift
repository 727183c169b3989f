/// A person's wallet on one of the chains.
public enum Wallet: Hashable, Sendable {
    case solana(SolanaAddress)
    case xrpl(XRPLAddress)

    /// Its address.
    public var text: String {
        switch self {
        case .solana(let address): address.text
        case .xrpl(let address): address.text
        }
    }

    /// Reads an address of one of the chains; none is one of both, by its length.
    public init?(_ address: String) {
        guard
            let wallet = Wallet(chain: "xrpl", address: address) ?? Wallet(chain: "solana", address: address)
        else { return nil }
        self = wallet
    }

    /// Reads a wallet as the store has it.
    ///
    /// - Returns: Nil for a chain that no gate asks, and for what is no address of it.
    public init?(chain: String, address: String) {
        switch chain {
        case "solana":
            guard let address = SolanaAddress(address) else { return nil }
            self = .solana(address)
        case "xrpl":
            guard let address = XRPLAddress(address) else { return nil }
            self = .xrpl(address)
        default: return nil
        }
    }
}
