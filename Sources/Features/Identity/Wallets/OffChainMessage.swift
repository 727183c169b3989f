/// What wallets of hardware sign in place of a bare text: the text behind a header that no transaction begins with.
///
/// Three headers are in use; numbers of two bytes have the low byte first.
///
///     v1        domain (16)  1  signers (1)  keys (32 each)  text to the end
///     v0        domain (16)  0  application (32)  format (1)  signers (1)  keys (32 each)  length (2)  text
///     short v0  domain (16)  0  format (1)  length (2)  text
///
/// The short one is what Solana's own command line tool and older wallets of hardware make. The application's 32 bytes
/// say nothing here: who is meant to be signed in to is in the text.
struct OffChainMessage {
    /// How the text is written; each form has its own bound.
    private enum Format: UInt8 {
        /// Printable ASCII and line feeds.
        case restricted
        /// UTF-8 as long as a wallet of hardware takes it.
        case limited
        /// UTF-8.
        case extended

        /// The most bytes of the whole message.
        var limit: Int { self == .extended ? 65_535 : 1232 }
    }

    /// The text's bytes; UTF-8, not empty.
    let text: [UInt8]

    private static let domain = [0xFF] + Array("solana offchain".utf8)

    /// Whether these bytes begin as a message with a header does. No text does: 0xFF is nowhere in UTF-8.
    static func isOne(_ bytes: [UInt8]) -> Bool { bytes.starts(with: domain) }

    /// Takes a header off, where it is exactly one of the three and names this signer alone.
    init?(_ bytes: [UInt8], signer: [UInt8]) {
        guard OffChainMessage.isOne(bytes), bytes.count > OffChainMessage.domain.count else { return nil }
        let body = bytes.dropFirst(OffChainMessage.domain.count + 1)
        let text: [UInt8]?
        switch bytes[OffChainMessage.domain.count] {
        case 0:
            // The long one first: what follows its header of the short one would be text with control characters.
            text =
                OffChainMessage.long(body, signer, total: bytes.count)
                ?? OffChainMessage.short(body, total: bytes.count)
        case 1: text = OffChainMessage.signed(body, signer)
        default: text = nil
        }
        guard let text, !text.isEmpty, String(validating: text, as: UTF8.self) != nil else { return nil }
        self.text = text
    }

    private static func long(_ body: ArraySlice<UInt8>, _ signer: [UInt8], total: Int) -> [UInt8]? {
        let rest = body.dropFirst(32)
        guard let format = rest.first.flatMap(Format.init(rawValue:)),
            let signed = signed(rest.dropFirst(), signer)
        else { return nil }
        return measured(signed[...], format, total)
    }

    private static func short(_ body: ArraySlice<UInt8>, total: Int) -> [UInt8]? {
        guard let format = body.first.flatMap(Format.init(rawValue:)) else { return nil }
        return measured(body.dropFirst(), format, total)
    }

    /// What follows a list of signers that is exactly the one expected.
    private static func signed(_ bytes: ArraySlice<UInt8>, _ signer: [UInt8]) -> [UInt8]? {
        bytes.first == 1 && bytes.dropFirst().starts(with: signer) ? Array(bytes.dropFirst(33)) : nil
    }

    /// What follows a length that is right, where it fits the format.
    private static func measured(_ bytes: ArraySlice<UInt8>, _ format: Format, _ total: Int) -> [UInt8]? {
        guard let low = bytes.first, let high = bytes.dropFirst().first, total <= format.limit else {
            return nil
        }
        let text = Array(bytes.dropFirst(2))
        guard text.count == Int(high) << 8 | Int(low) else { return nil }
        let isPlain = text.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x0A }
        return format != .restricted || isPlain ? text : nil
    }
}
