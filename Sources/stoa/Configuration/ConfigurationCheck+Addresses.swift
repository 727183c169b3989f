import Outbound

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
}
