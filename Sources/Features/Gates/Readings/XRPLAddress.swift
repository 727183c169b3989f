import Cryptography

/// A classic address of the XRP Ledger: of a wallet or of an issuer.
public struct XRPLAddress: Hashable, Sendable {
    /// Its text, with its checksum.
    public let text: String

    /// Reads an address.
    ///
    /// - Returns: Nil where the text is none or its checksum is wrong.
    public init?(_ text: String) {
        guard text.utf8.count <= 35, text.hasPrefix("r"),
            let bytes = Base58.xrpl.decodeChecked(text.utf8Span.span), bytes.count == 21, bytes[0] == 0
        else { return nil }
        self.text = text
    }
}
