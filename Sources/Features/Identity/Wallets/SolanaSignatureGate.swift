import Bytes
import Cryptography

/// Signatures of Solana's wallets: Ed25519 by the key that the address is.
public struct SolanaSignatureGate: SignatureGate {
    /// A gate; it has no state.
    public init() {}

    /// Solana.
    public var chain: WalletChain { .solana }

    /// Whether a text is 32 bytes in base 58 that can be somebody's key: the System Program's address is nobody's.
    public func isAddress(_ text: String) -> Bool { key(of: text) != nil }

    /// Verifies the signature, and unwraps what wallets of hardware wrap.
    ///
    /// - Throws: ``WalletError/address``, ``WalletError/key``, ``WalletError/signature`` or ``WalletError/envelope``.
    public func open(_ proof: WalletProof) throws(WalletError) -> [UInt8] {
        guard let key = key(of: proof.address) else { throw .address }
        if let given = proof.publicKey, given != key { throw .key }
        guard proof.signedMessage.count <= WalletProof.messageLimit,
            Ed25519.verify(proof.signature.span, of: proof.signedMessage.span, key: key.span)
        else { throw .signature }
        guard let text = SolanaSignatureGate.text(in: proof.signedMessage, signer: key) else {
            throw .envelope
        }
        return text
    }

    /// The text in what a wallet signed: all of it, or what stands behind a header for this signer alone.
    ///
    /// - Returns: Nil where it begins with a header and is not what the header says.
    public static func text(in signed: [UInt8], signer: [UInt8]) -> [UInt8]? {
        OffChainMessage.isOne(signed) ? OffChainMessage(signed, signer: signer)?.text : signed
    }

    private func key(of address: String) -> [UInt8]? {
        guard chain.allowsAddress(address.utf8), let key = Base58.bitcoin.decode(address.utf8Span.span),
            Ed25519.isSound(key.span)
        else { return nil }
        return key
    }
}
