/// Where a WebSocket server is: `ws://` or `wss://`, host, port, path with query.
public struct WebSocketURL: Equatable, Sendable {
    /// Whether TLS is spoken.
    public let isSecure: Bool
    /// The host, without brackets.
    public let host: String
    /// The port.
    public let port: UInt16
    /// The path with its query, `/` at least.
    public let path: String

    /// Reads an address; `http` and `https` mean the same as `ws` and `wss`.
    ///
    /// - Returns: nil where it is none.
    public init?(_ text: String) {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        switch text[..<scheme.lowerBound].lowercased() {
        case "ws", "http": isSecure = false
        case "wss", "https": isSecure = true
        default: return nil
        }
        let rest = text[scheme.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        let path = String(rest[end...])
        self.path = path.hasPrefix("/") ? path : "/" + path
        var portText: Substring?
        if authority.hasPrefix("["), let close = authority.firstIndex(of: "]") {
            host = String(authority[authority.index(after: authority.startIndex)..<close])
            let after = authority[authority.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else { return nil }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = String(authority[..<colon])
            portText = authority[authority.index(after: colon)...]
        } else {
            host = String(authority)
        }
        guard !host.isEmpty, path.allSatisfy({ $0.isASCII && $0 > " " }) else { return nil }
        if let portText {
            guard let port = UInt16(portText) else { return nil }
            self.port = port
        } else {
            port = isSecure ? 443 : 80
        }
    }

    /// The value of the `Host` field.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
