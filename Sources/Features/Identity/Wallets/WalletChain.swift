/// A ledger whose wallets people can sign in with.
///
/// Another one is a case here, a ``SignatureGate``, and vectors; Ethereum's messages (EIP-4361) have the same text.
public enum WalletChain: String, CaseIterable, Sendable {
    /// Solana; messages as Sign-In-With-Solana has them.
    case solana
    /// The XRP Ledger; the same text, after CAIP-122.
    case xrpl

    /// What a message calls an account of this ledger.
    var accountName: String {
        switch self {
        case .solana: "Solana"
        case .xrpl: "XRPL"
        }
    }

    /// Whether a text has the form that messages allow an address to have; whether it is one, the gate says.
    func allowsAddress(_ text: some Collection<UInt8>) -> Bool {
        let digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8
        let lengths =
            switch self {
            case .solana: 32...44
            case .xrpl: 25...35
            }
        return lengths.contains(text.count) && text.allSatisfy { digits.contains($0) }
    }

    /// Whether a text names one of the ledger's networks, as messages write them.
    public func allowsNetwork(_ text: String) -> Bool {
        switch self {
        case .solana:
            return [
                "mainnet", "testnet", "devnet", "localnet", "solana:mainnet", "solana:testnet",
                "solana:devnet",
            ].contains(text)
        case .xrpl:
            // CAIP-2: the network's number, 0 for the main one.
            let number = text.utf8.dropFirst(5)
            return text.hasPrefix("xrpl:") && (1...10).contains(number.count)
                && number.allSatisfy { (0x30...0x39).contains($0) }
        }
    }
}
