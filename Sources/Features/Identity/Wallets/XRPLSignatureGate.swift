import Bytes
import Cryptography

/// Signatures of the XRP Ledger's wallets over a message's bytes, as `ripple-keypairs` makes them: Ed25519 over the
/// bytes, secp256k1 over the first half of their SHA-512.
///
/// GemWallet and Crossmark sign so. A wallet that can only sign transactions (Xaman's SignIn is one) cannot sign in
/// here. An account that has set a regular key is still its master key's: which keys a ledger has switched off is not
/// asked.
public struct XRPLSignatureGate: SignatureGate {
    /// A gate; it has no state.
    public init() {}

    /// The XRP Ledger.
    public var chain: WalletChain { .xrpl }

    /// Whether a text is a classic address with its checksum.
    public func isAddress(_ text: String) -> Bool {
        guard chain.allowsAddress(text.utf8), let bytes = Base58.xrpl.decodeChecked(text.utf8Span.span) else {
            return false
        }
        return bytes.count == 21 && bytes[0] == 0
    }

    /// The classic address of a key: its hash with a type in front and a checksum behind.
    public static func address(of key: [UInt8]) -> String {
        let hash = Digest.sha256(key.span)
        return Base58.xrpl.encodeChecked([0] + Digest.ripemd160(hash.span))
    }

    /// Verifies the signature by the key that the address comes from; the text is signed as it is.
    ///
    /// - Throws: ``WalletError/address``, ``WalletError/key`` or ``WalletError/signature``.
    public func open(_ proof: WalletProof) throws(WalletError) -> [UInt8] {
        guard isAddress(proof.address) else { throw .address }
        guard let key = proof.publicKey, key.count == 33, [0x02, 0x03, 0xED].contains(key[0]),
            XRPLSignatureGate.address(of: key) == proof.address
        else { throw .key }
        let message = proof.signedMessage
        guard message.count <= WalletProof.messageLimit,
            XRPLSignatureGate.verify(proof.signature, of: message, key: key)
        else { throw .signature }
        return message
    }

    private static func verify(_ signature: [UInt8], of message: [UInt8], key: [UInt8]) -> Bool {
        if key[0] == 0xED {
            let key = Array(key.dropFirst())
            return Ed25519.verify(signature.span, of: message.span, key: key.span)
        }
        let digest = Digest.sha512Half(message.span)
        return Secp256k1.verify(signature.span, of: digest.span, key: key.span)
    }
}
