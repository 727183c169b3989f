import Cryptography

/// A public key of Solana: of a wallet, a mint or a collection.
public struct SolanaAddress: Hashable, Sendable {
    /// Its text in base 58.
    public let text: String
    /// Its 32 bytes.
    public let bytes: [UInt8]

    /// Reads an address.
    ///
    /// - Returns: Nil where the text is not 32 bytes in base 58.
    public init?(_ text: String) {
        // 44 digits hold 32 bytes; anything longer is not worth decoding.
        guard text.utf8.count <= 44, let bytes = Base58.bitcoin.decode(text.utf8Span.span), bytes.count == 32
        else { return nil }
        self.text = text
        self.bytes = bytes
    }
}
