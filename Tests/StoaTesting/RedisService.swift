import Foundation

/// Redis as services have it: one server, a cluster of three masters, or a master with replicas and three Sentinels.
public final class RedisService: Sendable {
    /// What it is made of.
    public enum Shape: String, CaseIterable, Sendable {
        case one, cluster, sentinel
    }

    /// What stands before its servers: for the port of each the one where others reach it.
    public struct Doors: Sendable {
        let commands: @Sendable (UInt16) throws -> UInt16
        let members: @Sendable (UInt16) throws -> UInt16

        /// - Parameters:
        ///   - commands: For commands, in the order of ``RedisService/servers``.
        ///   - members: For what the members of a cluster say to each other, in the same order.
        public init(
            commands: @escaping @Sendable (UInt16) throws -> UInt16,
            members: @escaping @Sendable (UInt16) throws -> UInt16
        ) {
            self.commands = commands
            self.members = members
        }

        /// Nothing stands before them.
        fileprivate static let open = Doors(commands: { $0 }, members: { $0 })
    }

    public let shape: Shape
    /// The masters that it begins with, then their replicas in the same order.
    public let servers: [RedisProcess]
    public let sentinels: [RedisProcess]
    /// Where others reach each of the servers.
    private let ports: [UInt16]

    /// Starts it and waits until it serves.
    ///
    /// - Parameter replicas: How many each master has; where there are Sentinels at least one.
    public init(_ shape: Shape, replicas: Int = 0, behind doors: Doors? = nil) async throws {
        self.shape = shape
        switch shape {
        case .one:
            // Without a door its socket will do.
            let port = doors == nil ? 0 : try FixtureServer.freePort()
            ports = [try doors?.commands(port) ?? 0]
            servers = [try await RedisProcess(port: port)]
            sentinels = []
        case .cluster:
            (servers, ports) = try await RedisService.cluster(replicas, doors ?? .open)
            sentinels = []
        case .sentinel:
            (servers, ports) = try await RedisService.replicated(max(1, replicas), doors ?? .open)
            sentinels = try await RedisService.sentinels(of: ports[0], replicas: servers.count - 1)
        }
    }

    /// What `broker.redis` lists.
    public var entries: [String] {
        let hosts = { (ports: [UInt16]) in ports.map { "127.0.0.1:\($0)" } }
        switch shape {
        case .one: return ports[0] == 0 ? [servers[0].address] : ["redis://" + hosts(ports)[0]]
        case .cluster:
            let all = hosts(ports)
            return ["redis+cluster://\(all[0])"] + all[1..<3]
        case .sentinel:
            let all = hosts(sentinels.map(\.port))
            return ["redis+sentinel://\(all[0])", all[1], all[2] + "/stoa"]
        }
    }

    /// The same in one text.
    public var address: String { entries.joined(separator: ",") }

    // MARK: Cluster

    private static func cluster(
        _ replicas: Int, _ doors: Doors
    ) async throws -> ([RedisProcess], [UInt16]) {
        let count = 3 * (1 + replicas)
        var (servers, ports) = ([RedisProcess](), [UInt16]())
        for number in 0..<count {
            let (port, bus) = (try FixtureServer.freePort(), try FixtureServer.freePort())
            let (door, busDoor) = (try doors.commands(port), try doors.members(bus))
            let server = try await RedisProcess(
                port: port,
                [
                    "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-port",
                    "\(bus)", "--cluster-announce-ip", "127.0.0.1", "--cluster-announce-port", "\(door)",
                    "--cluster-announce-bus-port", "\(busDoor)",
                    "--cluster-node-timeout", "1000", "--cluster-allow-replica-migration", "no",
                    "--repl-diskless-sync-delay", "0", "--cluster-replica-validity-factor", "0",
                ])
            try await server.command("CLUSTER", "SET-CONFIG-EPOCH", "\(number + 1)")
            if number < 3 {
                let (first, last) = (number * 5461, number == 2 ? 16_383 : number * 5461 + 5460)
                try await server.command("CLUSTER", "ADDSLOTSRANGE", "\(first)", "\(last)")
            }
            try await servers.first?.command("CLUSTER", "MEET", "127.0.0.1", "\(door)", "\(busDoor)")
            servers.append(server)
            ports.append(door)
        }
        try await settle(servers)
        for number in 3..<max(3, count) {
            let master = try await id(of: servers[number % 3])
            try await eventually("the replica knows its master", within: 30) {
                try await servers[number].command("CLUSTER", "REPLICATE", master).hasPrefix("OK")
            }
        }
        for server in servers.dropFirst(3) { try await inStep(server) }
        if replicas > 0 { try await settle(servers) }
        return (servers, ports)
    }

    private static func inStep(_ replica: RedisProcess) async throws {
        try await eventually("a replica is in step", within: 30) {
            try await replica.command("INFO", "replication").contains("master_link_status:up")
        }
    }

    private static func settle(_ servers: [RedisProcess]) async throws {
        for server in servers {
            try await eventually("the cluster serves", within: 60) {
                let info = try await server.command("CLUSTER", "INFO")
                return info.contains("cluster_state:ok")
                    && info.contains("cluster_known_nodes:\(servers.count)")
            }
        }
    }

    /// What a member of a cluster calls itself.
    public static func id(of server: RedisProcess) async throws -> String {
        try await server.command("CLUSTER", "MYID").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Which of the masters that it began with has a name's slot.
    public func place(of name: String) async throws -> Int {
        let slot = try await slot(of: name)
        return min(slot / 5461, 2)
    }

    /// The slot of a name.
    public func slot(of name: String) async throws -> Int {
        var text = ""
        // One of them may be dead.
        for server in servers where Int(text) == nil {
            let answer = try? await server.command("CLUSTER", "KEYSLOT", name)
            text = (answer ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        }
        guard let slot = Int(text) else {
            throw TestFailure("no slot: \(text)")
        }
        return slot
    }

    /// Who has a channel at present.
    public func master(of channel: String) async throws -> RedisProcess {
        switch shape {
        case .one: return servers[0]
        case .cluster: return servers[try await place(of: channel)]
        case .sentinel: return servers[try await namedMaster() ?? 0]
        }
    }

    /// Which of the servers a Sentinel sends everybody to.
    public func namedMaster() async throws -> Int? {
        let answer = try await sentinels[0].command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "stoa")
        let port = answer.split(whereSeparator: \.isNewline).last.flatMap { UInt16($0) }
        return port.flatMap { ports.firstIndex(of: $0) }
    }

    /// Moves a slot with all that is in it, as `redis-cli --cluster reshard` does.
    public func move(slot: Int, from source: Int, to target: Int) async throws {
        let (from, to) = (servers[source], servers[target])
        let (old, new) = (try await RedisService.id(of: from), try await RedisService.id(of: to))
        try await RedisService.order(to, "CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", old)
        try await RedisService.order(from, "CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", new)
        while true {
            let keys = try await from.command("CLUSTER", "GETKEYSINSLOT", "\(slot)", "1")
                .split(whereSeparator: \.isNewline).map(String.init)
            guard let key = keys.first else { break }
            try await RedisService.order(from, "MIGRATE", "127.0.0.1", "\(to.port)", key, "0", "5000")
        }
        for server in [to, from] {
            try await RedisService.order(server, "CLUSTER", "SETSLOT", "\(slot)", "NODE", new)
        }
    }

    /// Runs a command that has to succeed; `NOKEY` is said of what has gone by itself.
    private static func order(_ server: RedisProcess, _ words: String...) async throws {
        let answer = try await server.command(words)
        guard answer.hasPrefix("OK") || answer.hasPrefix("NOKEY") else {
            throw TestFailure("\(words.joined(separator: " ")): \(answer)")
        }
    }

    // MARK: Sentinels

    /// A master and its replicas, each of which knows after a start what it has become.
    private static func replicated(
        _ replicas: Int, _ doors: Doors
    ) async throws -> ([RedisProcess], [UInt16]) {
        var (servers, ports) = ([RedisProcess](), [UInt16]())
        for _ in 0...replicas {
            let port = try FixtureServer.freePort()
            let door = try doors.commands(port)
            let lines = [
                "replica-announce-ip 127.0.0.1", "replica-announce-port \(door)",
                "repl-diskless-sync-delay 0",
            ]
            let master = ports.first.map { ["replicaof 127.0.0.1 \($0)"] } ?? []
            servers.append(try await RedisProcess(port: port, [], .server(lines + master)))
            ports.append(door)
        }
        for server in servers.dropFirst() { try await inStep(server) }
        return (servers, ports)
    }

    private static func sentinels(of master: UInt16, replicas: Int) async throws -> [RedisProcess] {
        var sentinels: [RedisProcess] = []
        for _ in 0..<3 {
            sentinels.append(
                try await RedisProcess(
                    port: try FixtureServer.freePort(), [],
                    .sentinel([
                        "sentinel monitor stoa 127.0.0.1 \(master) 2",
                        "sentinel down-after-milliseconds stoa 700", "sentinel failover-timeout stoa 3000",
                    ])))
        }
        for sentinel in sentinels {
            try await eventually("the Sentinels know each other and the replicas", within: 60) {
                let text = try await sentinel.command("SENTINEL", "MASTER", "stoa")
                    .split(whereSeparator: \.isNewline).map(String.init)
                func field(_ name: String) -> String? {
                    text.firstIndex(of: name).flatMap { $0 + 1 < text.count ? text[$0 + 1] : nil }
                }
                return field("num-other-sentinels") == "2" && field("num-slaves") == "\(replicas)"
                    && field("flags") == "master"
            }
        }
        return sentinels
    }
}
