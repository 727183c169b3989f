/// Negotiates extensions (RFC 6455 §9.1): of those that exist, permessage-deflate.
enum Extensions {
    /// Takes the first offer that the policy can live with.
    ///
    /// - Returns: Nil where there is none; the connection then goes without.
    static func accept(_ offers: [ExtensionList.Item], _ policy: DeflatePolicy) -> DeflateAgreement? {
        for item in offers {
            if let offer = DeflateOffer(item), let agreement = agree(offer, policy) { return agreement }
        }
        return nil
    }

    private static func agree(_ offer: DeflateOffer, _ policy: DeflatePolicy) -> DeflateAgreement? {
        let serverBits = offer.serverWindowBits ?? 15
        // zlib has no raw streams of window 8.
        guard serverBits == 15 || policy.allowsSmallServerWindow && serverBits >= 9 else { return nil }
        var agreement = DeflateAgreement(serverNoContextTakeover: true, serverWindowBits: serverBits)
        if offer.hasClientWindowBits {
            agreement.clientWindowBits = min(offer.clientWindowBits ?? 15, policy.clientWindowBits)
        }
        agreement.clientNoContextTakeover =
            offer.clientNoContextTakeover || policy.requiresClientNoContextTakeover
            || agreement.clientWindowBits > policy.clientWindowBits
        return agreement
    }

    /// The answer's text.
    ///
    /// Says the client's window whenever it is not 15: an agreement has another only where the offer allowed it.
    static func answer(_ agreement: DeflateAgreement) -> String {
        var text = DeflateOffer.name
        if agreement.serverNoContextTakeover { text += "; server_no_context_takeover" }
        if agreement.clientNoContextTakeover { text += "; client_no_context_takeover" }
        if agreement.serverWindowBits < 15 {
            text += "; server_max_window_bits=\(agreement.serverWindowBits)"
        }
        if agreement.clientWindowBits < 15 {
            text += "; client_max_window_bits=\(agreement.clientWindowBits)"
        }
        return text
    }

    /// What a client offers: any window of the server's, its own at 15, no context kept.
    static let offer = DeflateOffer.name + "; client_no_context_takeover"

    /// Reads the answer to ``offer``.
    ///
    /// - Returns: Nil where it is no answer to that (RFC 7692 §7.1): the connection must be failed.
    static func read(answer items: [ExtensionList.Item]) -> DeflateAgreement? {
        guard items.count == 1, let answer = DeflateOffer(items[0]), !answer.hasClientWindowBits else {
            return nil
        }
        return DeflateAgreement(
            serverNoContextTakeover: answer.serverNoContextTakeover, clientNoContextTakeover: true,
            serverWindowBits: answer.serverWindowBits ?? 15)
    }
}
