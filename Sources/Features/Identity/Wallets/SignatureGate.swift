/// What a ledger knows of its wallets' signatures: the one part of signing in that differs between ledgers.
public protocol SignatureGate: Sendable {
    /// The ledger.
    var chain: WalletChain { get }

    /// Whether a text is an address that a wallet of this ledger can have, in its one form.
    func isAddress(_ text: String) -> Bool

    /// Verifies the signature over the signed bytes, then takes the text out of them.
    ///
    /// In this order: nothing that was not signed is read.
    ///
    /// - Returns: The text as bytes; nothing of it has been looked at.
    /// - Throws: ``WalletError/address``, ``WalletError/key``, ``WalletError/signature`` or ``WalletError/envelope``.
    func open(_ proof: WalletProof) throws(WalletError) -> [UInt8]
}
