/// Where Sentinels are, which master they are asked for, and who we are to both.
///
/// `redis+sentinel://[user:password@]host[:port],…/master[/database][?sentinel_user=…&sentinel_password=…]`: user and
/// password are for the master, the parameters for the Sentinels. Ports are 26379 unless given.
public struct SentinelAddress: Sendable, Equatable {
    private static let port = ":26379"

    /// The Sentinels, in the order in which they are asked.
    let sentinels: [RedisAddress]
    /// What they call the master.
    let master: String
    /// The first Sentinel with what is said to the master.
    private let template: RedisAddress

    /// Reads the hosts of an entry; what follows the last host is for all.
    ///
    /// - Throws: ``RedisError/invalidAddress(_:)``, which never quotes a password.
    init(hosts: [String]) throws(RedisError) {
        var hosts = hosts
        // A password has no slash but an encoded one.
        let last = hosts.removeLast()
        let start = last.firstRange(of: "://")?.upperBound ?? last.startIndex
        guard let slash = last[start...].firstIndex(of: "/") else { throw SentinelAddress.nameless }
        hosts.append(String(last[..<slash]))
        let tail = last[last.index(after: slash)...].split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = tail[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = path.first, !name.isEmpty else { throw SentinelAddress.nameless }
        master = String(name)
        hosts = hosts.map { SentinelAddress.hasPort($0) ? $0 : $0 + SentinelAddress.port }
        // The database is part of the first one, as in any other address.
        if path.count > 1 { hosts[0] += "/\(path[1])" }
        let (user, password) = try SentinelAddress.person(tail.count > 1 ? tail[1] : "")
        let addresses = try RedisDeployment.addresses(hosts)
        template = addresses[0]
        sentinels = addresses.map { $0.with(user: user, password: password) }
    }

    private static var nameless: RedisError {
        .invalidAddress("redis+sentinel:// has hosts and, after a slash, the master's name")
    }

    private static func hasPort(_ host: String) -> Bool {
        let place = host[(host.lastIndex(of: "@") ?? host.startIndex)...]
        guard let colon = place.lastIndex(of: ":") else { return false }
        return place[colon...].dropFirst().allSatisfy(\.isNumber) && !place.hasSuffix(":")
    }

    private static func person(_ query: Substring) throws(RedisError) -> (String, String) {
        var (user, password) = ("", "")
        for part in query.split(separator: "&") {
            if part.hasPrefix("sentinel_user=") {
                user = try RedisAddress.decoded(part.dropFirst("sentinel_user=".count))
            } else if part.hasPrefix("sentinel_password=") {
                password = try RedisAddress.decoded(part.dropFirst("sentinel_password=".count))
            } else {
                throw .invalidAddress("the parameters are sentinel_user= and sentinel_password=")
            }
        }
        return (user, password)
    }

    /// The master that a Sentinel's answer names, and how often there had been a failover by it; nil where it names none.
    func master(in reply: RedisReply) -> (address: RedisAddress, failovers: Int64)? {
        var fields: [String: String] = [:]
        for (name, value) in reply.pairs { fields[name] = value.text }
        guard let host = fields["ip"], let port = fields["port"].flatMap({ UInt16($0) }) else { return nil }
        let failovers = fields["config-epoch"].flatMap { Int64($0) } ?? 0
        return (template.at(host, port: port), failovers)
    }
}
