/// A token of the XRP Ledger: a currency of an issuer.
public struct XRPLToken: Hashable, Sendable {
    /// Three characters, or 40 hexadecimal digits in capitals.
    public let currency: String
    /// Who owes it.
    public let issuer: XRPLAddress

    /// A token.
    ///
    /// - Returns: Nil for what is no currency of an issuer; `XRP` is nobody's.
    public init?(currency: String, issuer: XRPLAddress) {
        let bytes = currency.utf8
        let isCode = bytes.count == 3 && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F } && currency != "XRP"
        let isHex =
            bytes.count == 40 && bytes.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x46).contains($0) }
        guard isCode || isHex else { return nil }
        self.currency = currency
        self.issuer = issuer
    }
}
