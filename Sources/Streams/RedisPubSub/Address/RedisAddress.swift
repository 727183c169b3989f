import Reactor

/// Where a Redis is and who we are to it.
///
/// `redis://[user:password@]host[:port][/database]`, `rediss://…` for TLS, `unix:///path[?database=n]` with
/// `unix://user:password@/path` for a local socket. User and password may be percent-encoded.
public struct RedisAddress: Sendable, Equatable {
    /// Host and port, or a path.
    enum Place: Sendable, Equatable {
        case host(String, port: UInt16)
        case path(String)
    }

    let place: Place
    /// Whether it speaks TLS.
    public let isSecure: Bool
    let user: String
    let password: String
    let database: Int

    /// Reads an address.
    ///
    /// - Throws: ``RedisError/invalidAddress(_:)``, which never quotes the password.
    public init(_ text: String) throws(RedisError) {
        guard let scheme = text.firstRange(of: "://") else {
            throw .invalidAddress("an address of Redis begins with redis://, rediss:// or unix://")
        }
        var rest = text[scheme.upperBound...]
        var user = ""
        var password = ""
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = try RedisAddress.decoded(parts[0])
            if parts.count > 1 { password = try RedisAddress.decoded(parts[1]) }
            rest = rest[rest.index(after: at)...]
        }
        self.user = user
        self.password = password
        switch text[..<scheme.lowerBound] {
        case "redis", "rediss":
            isSecure = text.hasPrefix("rediss")
            let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            place = try RedisAddress.host(parts[0])
            database = try RedisAddress.database(parts.count > 1 ? parts[1] : "")
        case "unix":
            isSecure = false
            let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts[0].hasPrefix("/"), SocketAddress(path: String(parts[0])) != nil else {
                throw .invalidAddress("unix:// is followed by an absolute path of at most 107 bytes")
            }
            place = .path(String(parts[0]))
            let query = parts.count > 1 ? parts[1] : ""
            guard query.isEmpty || query.hasPrefix("database=") else {
                throw .invalidAddress("the only parameter of unix:// is database=")
            }
            database = try RedisAddress.database(query.dropFirst("database=".count))
        default:
            throw .invalidAddress("an address of Redis begins with redis://, rediss:// or unix://")
        }
    }

    private init(_ place: Place, like other: RedisAddress) {
        self.place = place
        isSecure = other.isSecure
        user = other.user
        password = other.password
        database = other.database
    }

    /// Another place, to which we are the same and speak in the same way.
    func at(_ host: String, port: UInt16) -> RedisAddress {
        RedisAddress(.host(host, port: port), like: self)
    }

    /// The same place for somebody else.
    func with(user: String, password: String) -> RedisAddress {
        RedisAddress(place, isSecure: isSecure, user: user, password: password)
    }

    private init(_ place: Place, isSecure: Bool, user: String, password: String) {
        self.place = place
        self.isSecure = isSecure
        self.user = user
        self.password = password
        database = 0
    }

    /// The host; empty for a path.
    var host: String {
        guard case .host(let host, _) = place else { return "" }
        return host
    }

    /// Host and port, or the path; no user, no password.
    public var name: String {
        switch place {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .path(let path): path
        }
    }

    /// Whether what goes there crosses a network in the clear.
    public var isExposed: Bool {
        guard case .host(let host, _) = place, !isSecure else { return false }
        return host != "localhost" && host != "::1" && !host.hasPrefix("127.")
    }

    private static func host(_ text: Substring) throws(RedisError) -> Place {
        var host = text
        var port = Substring("6379")
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            if rest.hasPrefix(":") { port = rest.dropFirst() }
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
        }
        guard !host.isEmpty, let number = UInt16(port), number > 0 else {
            throw .invalidAddress("an address of Redis has a host and, after a colon, a port of 1 to 65535")
        }
        return .host(String(host), port: number)
    }

    private static func database(_ text: Substring) throws(RedisError) -> Int {
        guard !text.isEmpty else { return 0 }
        guard let number = Int(text), (0...65_535).contains(number) else {
            throw .invalidAddress("a database of Redis is a number from 0 on")
        }
        return number
    }

    static func decoded(_ text: Substring) throws(RedisError) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) else {
                throw .invalidAddress("a % in user or password is followed by two hexadecimal digits")
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
