import Identity
import Outbound
import Reactor
import Webhooks

extension ConfigurationCheck {
    /// Whether what is said there stays between the two: over TLS, or on this machine.
    static func isSafe(_ address: String) -> Bool {
        guard let url = WebSocketURL(address), !url.isSecure else { return true }
        let host = url.host.lowercased()
        return host == "localhost" || host.hasSuffix(".localhost") || host == "::1"
            || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
    }

    /// The addresses of chains' nodes.
    mutating func nodes() {
        // They often hold a key: they are not shown.
        for key in ["solana.rpc", "xrpl.rpc"] {
            let addresses = configuration.list(key)
            let isWritten = addresses.allSatisfy { $0.hasPrefix("https://") || $0.hasPrefix("http://") }
            if !isWritten { fault(key, "are addresses that begin with https:// or http://") }
            if isWritten, !addresses.allSatisfy(ConfigurationCheck.isSafe) {
                fault(key, "are https, or http of this machine: anybody on the way could say who holds what")
            }
        }
        guard let text = configuration.optional("solana.rpc_ws") else { return }
        if WebSocketURL(text) == nil {
            fault("solana.rpc_ws", "is an address that begins with wss:// or ws://")
        } else if !ConfigurationCheck.isSafe(text) {
            fault("solana.rpc_ws", "is wss, or ws of this machine")
        }
        // It only tells that something has changed; what, is asked there.
        if configuration.list("solana.rpc").isEmpty {
            fault("solana.rpc_ws", "needs solana.rpc beside it")
        }
    }

    /// The owner's own service, and what it is told.
    mutating func webhooks() {
        for word in configuration.list("webhooks.events") where EventKind(rawValue: word) == nil {
            let known = EventKind.allCases.map(\.rawValue).joined(separator: ", ")
            fault("webhooks.events", "are of \(known), not \"\(word)\"")
        }
        let url = configuration.text("webhooks.url")
        guard !url.isEmpty else {
            if !configuration.list("webhooks.events").isEmpty {
                fault("webhooks.events", "need webhooks.url beside them")
            }
            return
        }
        if !url.hasPrefix("https://"), !url.hasPrefix("http://") {
            fault("webhooks.url", "is an address that begins with https:// or http://")
        } else if !ConfigurationCheck.isSafe(url) {
            fault("webhooks.url", "is https, or http of this machine: it says who is where")
        }
        let count = configuration.text("webhooks.secret").utf8.count
        if count < TokenVerifier.secretMinimum {
            fault("webhooks.secret", "has at least \(TokenVerifier.secretMinimum) bytes, not \(count)")
        }
        guard let path = configuration.optional("webhooks.authorities") else { return }
        do throws(TLSError) {
            _ = try TLSContext(authorityPath: path)
        } catch {
            fault("webhooks.authorities", "cannot be used: \(error)")
        }
    }
}
