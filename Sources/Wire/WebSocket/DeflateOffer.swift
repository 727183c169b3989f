/// One offer of permessage-deflate, or an answer to it (RFC 7692 §7.1).
struct DeflateOffer: Equatable {
    static let name = "permessage-deflate"

    var serverNoContextTakeover = false
    var clientNoContextTakeover = false
    /// 8…15
    var serverWindowBits: UInt8?
    /// Whether the client's window may be chosen, or was.
    var hasClientWindowBits = false
    /// 8…15
    var clientWindowBits: UInt8?

    /// Reads the parameters.
    ///
    /// - Returns: Nil where one is unknown, comes twice, or has a value that it cannot have: such an offer is
    ///   declined, such an answer fails the connection (RFC 7692 §7.1).
    init?(_ item: ExtensionList.Item) {
        guard item.name == DeflateOffer.name else { return nil }
        var seen: Set<String> = []
        for parameter in item.parameters {
            guard seen.insert(parameter.name).inserted else { return nil }
            switch (parameter.name, parameter.value) {
            case ("server_no_context_takeover", nil): serverNoContextTakeover = true
            case ("client_no_context_takeover", nil): clientNoContextTakeover = true
            case ("client_max_window_bits", nil): hasClientWindowBits = true
            case ("client_max_window_bits", let value?):
                guard let bits = DeflateOffer.windowBits(value) else { return nil }
                hasClientWindowBits = true
                clientWindowBits = bits
            case ("server_max_window_bits", let value?):
                guard let bits = DeflateOffer.windowBits(value) else { return nil }
                serverWindowBits = bits
            default: return nil
            }
        }
    }

    /// A decimal number 8…15 without leading zeros (RFC 7692 §7.1.2).
    private static func windowBits(_ text: String) -> UInt8? {
        ["8", "9", "10", "11", "12", "13", "14", "15"].firstIndex(of: text).map { UInt8($0 + 8) }
    }
}
