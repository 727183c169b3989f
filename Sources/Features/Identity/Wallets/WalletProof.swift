/// What a client brings to show that a wallet is theirs.
public struct WalletProof: Sendable {
    /// The wallet's ledger.
    public var chain: WalletChain
    /// The wallet's address.
    public var address: String
    /// The very bytes that the wallet signed, with whatever it put around the text.
    public var signedMessage: [UInt8]
    /// The signature over them.
    public var signature: [UInt8]
    /// The wallet's key, where the address is only a hash of it.
    public var publicKey: [UInt8]?

    /// A proof; nothing of it is believed yet.
    public init(
        chain: WalletChain, address: String, signedMessage: [UInt8], signature: [UInt8],
        publicKey: [UInt8]? = nil
    ) {
        self.chain = chain
        self.address = address
        self.signedMessage = signedMessage
        self.signature = signature
        self.publicKey = publicKey
    }

    /// The most signed bytes that are looked at: several times what our texts have.
    public static let messageLimit = 4096
}
