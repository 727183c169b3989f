/// What Redis is to a service: servers that share the channels by hash, one that Sentinels watch, or a cluster.
public enum RedisDeployment: Sendable, Equatable {
    /// Servers of their own.
    case servers([RedisAddress])
    /// The master that some Sentinels name.
    case sentinel(SentinelAddress)
    /// A cluster, by some of its members.
    case cluster([RedisAddress])

    /// Reads the entries of a list.
    ///
    /// An entry without a scheme is a further host of the one before it:
    /// `redis+cluster://[user:password@]host:port,host:port…` and
    /// `redis+sentinel://[user:password@]host:port,host:port…/master[/database]`; `rediss+…` for TLS.
    ///
    /// - Throws: ``RedisError/invalidAddress(_:)``, which never quotes a password.
    public init(_ entries: [String]) throws(RedisError) {
        var whole: [[String]] = []
        for entry in entries {
            if entry.contains("://") || whole.isEmpty {
                whole.append([entry])
            } else {
                whole[whole.count - 1].append(entry)
            }
        }
        guard let first = whole.first?.first, let scheme = RedisDeployment.scheme(of: first) else {
            var addresses: [RedisAddress] = []
            for entry in entries { addresses.append(try RedisAddress(entry)) }
            self = .servers(addresses)
            return
        }
        guard whole.count == 1 else {
            throw .invalidAddress(
                "a cluster, or a master with its Sentinels, is the only entry: further hosts follow after commas"
            )
        }
        if scheme.hasSuffix("cluster") {
            self = .cluster(try RedisDeployment.seeds(whole[0]))
        } else {
            self = .sentinel(try SentinelAddress(hosts: whole[0]))
        }
    }

    /// A scheme of several hosts; nil where it is of one, or none.
    private static func scheme(of entry: String) -> String? {
        ["redis+cluster", "rediss+cluster", "redis+sentinel", "rediss+sentinel"].first {
            entry.hasPrefix($0 + "://")
        }
    }

    private static func seeds(_ hosts: [String]) throws(RedisError) -> [RedisAddress] {
        let addresses = try RedisDeployment.addresses(hosts)
        guard addresses[0].database == 0 else { throw .invalidAddress("a cluster has no databases") }
        return addresses
    }

    /// The hosts of one entry; scheme, user and password are the first one's.
    static func addresses(_ hosts: [String]) throws(RedisError) -> [RedisAddress] {
        guard let first = hosts.first, let end = first.firstRange(of: "://") else { return [] }
        let scheme = first.hasPrefix("rediss") ? "rediss" : "redis"
        let address = try RedisAddress(scheme + first[end.lowerBound...])
        var addresses = [address]
        for host in hosts.dropFirst() {
            let other = try RedisAddress("redis://" + host)
            guard case .host(let name, let port) = other.place, other.password.isEmpty else {
                throw .invalidAddress("user and password stand before the first host")
            }
            addresses.append(address.at(name, port: port))
        }
        return addresses
    }

    /// What a server of it is called where people read of it: Sentinels' master has one name, wherever it is.
    func label(of address: RedisAddress?) -> String {
        if case .sentinel(let sentinels) = self { return sentinels.master }
        return address?.name ?? ""
    }

    /// Whether it speaks TLS.
    public var isSecure: Bool { addresses.contains(where: \.isSecure) }

    /// The places named, Sentinels among them.
    public var addresses: [RedisAddress] {
        switch self {
        case .servers(let addresses), .cluster(let addresses): addresses
        case .sentinel(let address): address.sentinels
        }
    }
}
