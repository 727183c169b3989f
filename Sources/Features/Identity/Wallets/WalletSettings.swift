import Bytes

/// Bounds and texts of signing in with wallets.
public struct WalletSettings: Sendable {
    /// Origins whose pages may sign people in; none: nobody signs in with a wallet.
    public var origins: [String] = []
    /// Whether a page of this server itself may too, where it is reached on this machine: for trying a server.
    public var allowsOwnLoopback = false
    /// The sentence that the person who signs reads.
    public var statement = "Sign in. This moves no funds and costs nothing."
    /// The network that messages name, by ledger.
    public var networks: [WalletChain: String] = [.solana: "mainnet", .xrpl: "xrpl:0"]
    /// URIs that messages list, such as one's terms.
    public var resources: [String] = []
    /// How long a challenge holds, in milliseconds.
    ///
    /// Longer is kinder to phones that must switch apps; shorter leaves less to replay.
    public var lifetimeMilliseconds: Int64 = 300_000
    /// Challenges that wait for an answer at a time.
    public var challenges = 10_000
    /// Of these, asked for from one network.
    public var challengesPerClient = 20
    /// Wallets of one person.
    public var walletsPerPerson = 20

    /// The defaults.
    public init() {}

    /// Whether anybody can sign in with a wallet.
    public var isOn: Bool { !origins.isEmpty || allowsOwnLoopback }

    /// The origin that a request's challenge names.
    ///
    /// - Parameters:
    ///   - header: The request's `Origin`; programs name none, and get the first that is allowed.
    ///   - host: The host that the request asks.
    /// - Returns: Nil where pages of this origin may not sign people in.
    public func origin(_ header: String?, host: String?) -> String? {
        guard let origin = header?.lowercased() else {
            return origins.first?.lowercased()
                ?? (allowsOwnLoopback ? loopback(host).map { "http://" + $0 } : nil)
        }
        if origins.contains(where: { $0.lowercased() == origin }) { return origin }
        guard allowsOwnLoopback, let host = loopback(host),
            origin == "http://" + host || origin == "https://" + host
        else { return nil }
        return origin
    }

    private func loopback(_ host: String?) -> String? {
        guard let host = host?.lowercased(), SignInGrammar.isAuthority(Array(host.utf8)[...]) else {
            return nil
        }
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        return ["localhost", "127.0.0.1", "[::1]"].contains(String(name)) ? host : nil
    }

    /// Whether a text can be an origin here: a scheme and a host, as browsers write them.
    public static func isOrigin(_ text: String) -> Bool {
        guard let mark = text.firstRange(of: "://"),
            ["http", "https"].contains(text[..<mark.lowerBound].lowercased())
        else { return false }
        let host = Array(text[mark.upperBound...].utf8)
        return SignInGrammar.isAuthority(host[...]) && !host.contains(UInt8(ascii: "@"))
    }

    /// Whether a text can be ``statement``: a line without quotes and marks beyond ASCII, as the grammar has it.
    public static func isStatement(_ text: String) -> Bool {
        guard let message = SignInMessage(parsing: Array(probe(text).utf8), for: .solana) else {
            return false
        }
        return message.values[.statement] == text
    }

    /// Whether a text can be one of ``resources``.
    public static func isResource(_ text: String) -> Bool { SignInGrammar.isURI(Array(text.utf8)[...]) }

    private static func probe(_ statement: String) -> String {
        var message = SignInMessage(domain: "x", address: String(repeating: "x", count: 32))
        message.values[.statement] = statement
        return message.text(for: .solana)
    }
}
