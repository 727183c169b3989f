import Bytes
import COpenSSL
import Cryptography

/// A wallet with an Ed25519 key, for tests: signs as wallets of Solana and the XRP Ledger do.
public struct TestWallet: Sendable {
    /// What the key is made of.
    public let seed: [UInt8]
    /// The public key.
    public let key: [UInt8]

    /// A wallet whose key comes from a number.
    public init(_ number: Int) {
        seed = Digest.sha256("test wallet \(number)".utf8Span.span)
        let made = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
        defer { EVP_PKEY_free(made) }
        var key = [UInt8](repeating: 0, count: 32)
        var count = key.count
        EVP_PKEY_get_raw_public_key(made, &key, &count)
        self.key = key
    }

    /// Its address on Solana.
    public var solana: String { Base58.bitcoin.encode(key.span) }

    /// Its address on the XRP Ledger.
    public var xrpl: String {
        let hash = Digest.sha256(xrplKey.span)
        return Base58.xrpl.encodeChecked([0] + Digest.ripemd160(hash.span))
    }

    /// Its key as the XRP Ledger writes it.
    public var xrplKey: [UInt8] { [0xED] + key }

    /// Signs bytes as they are.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        let made = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count)
        let context = EVP_MD_CTX_new()
        defer {
            EVP_MD_CTX_free(context)
            EVP_PKEY_free(made)
        }
        var signature = [UInt8](repeating: 0, count: 64)
        var count = signature.count
        EVP_DigestSignInit(context, nil, nil, nil, made)
        EVP_DigestSign(context, &signature, &count, message, message.count)
        return signature
    }
}
