import Foundation

/// Redis as services have it: one server, a cluster of three masters, or a master with a replica and three Sentinels.
public final class RedisService: Sendable {
    /// What it is made of.
    public enum Shape: String, CaseIterable, Sendable {
        case one, cluster, sentinel
    }

    public let shape: Shape
    /// The masters, then their replicas in the same order.
    public let servers: [RedisProcess]
    public let sentinels: [RedisProcess]

    /// Starts it and waits until it serves.
    ///
    /// - Parameter replicas: Whether each master of a cluster has one.
    public init(_ shape: Shape, replicas: Bool = false) async throws {
        self.shape = shape
        switch shape {
        case .one:
            servers = [try await RedisProcess()]
            sentinels = []
        case .cluster:
            servers = try await RedisService.cluster(replicas: replicas)
            sentinels = []
        case .sentinel:
            let master = try await RedisProcess(listening: true)
            let replica = try await RedisProcess(
                listening: true, "--replicaof", "127.0.0.1", "\(master.port)")
            servers = [master, replica]
            sentinels = try await RedisService.sentinels(of: master)
        }
    }

    /// What `broker.redis` lists.
    public var entries: [String] {
        let hosts = { (processes: ArraySlice<RedisProcess>) in processes.map { "127.0.0.1:\($0.port)" } }
        switch shape {
        case .one: return [servers[0].address]
        case .cluster:
            let all = hosts(servers.prefix(3))
            return ["redis+cluster://\(all[0])"] + all[1...]
        case .sentinel:
            let all = hosts(sentinels[...])
            return ["redis+sentinel://\(all[0])", all[1], all[2] + "/stoa"]
        }
    }

    /// The same in one text.
    public var address: String { entries.joined(separator: ",") }

    // MARK: Cluster

    private static func cluster(replicas: Bool) async throws -> [RedisProcess] {
        let count = replicas ? 6 : 3
        var servers: [RedisProcess] = []
        for number in 0..<count {
            let bus = try FixtureServer.freePort()
            let server = try await RedisProcess(
                listening: true,
                options: [
                    "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-port",
                    "\(bus)",
                    "--cluster-node-timeout", "1000", "--cluster-allow-replica-migration", "no",
                    "--repl-diskless-sync-delay", "0", "--cluster-replica-validity-factor", "0",
                ])
            try await server.command("CLUSTER", "SET-CONFIG-EPOCH", "\(number + 1)")
            if number < 3 {
                let (first, last) = (number * 5461, number == 2 ? 16_383 : number * 5461 + 5460)
                try await server.command("CLUSTER", "ADDSLOTSRANGE", "\(first)", "\(last)")
            }
            if let head = servers.first {
                try await head.command("CLUSTER", "MEET", "127.0.0.1", "\(server.port)", "\(bus)")
            }
            servers.append(server)
        }
        try await settle(servers)
        for number in 3..<max(3, count) {
            let master = try await id(of: servers[number - 3])
            try await eventually("the replica knows its master", within: 30) {
                try await servers[number].command("CLUSTER", "REPLICATE", master).hasPrefix("OK")
            }
        }
        for server in servers.dropFirst(3) {
            try await eventually("a replica is in step", within: 30) {
                try await server.command("INFO", "replication").contains("master_link_status:up")
            }
        }
        if replicas { try await settle(servers) }
        return servers
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
        case .sentinel:
            let address = try await sentinels[0].command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "stoa")
            return servers.first { address.contains("\($0.port)") } ?? servers[0]
        }
    }

    /// Moves a slot with all that is in it, as `redis-cli --cluster reshard` does.
    public func move(slot: Int, from source: Int, to target: Int) async throws {
        let (from, to) = (servers[source], servers[target])
        try await to.command("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", RedisService.id(of: from))
        try await from.command("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", RedisService.id(of: to))
        while true {
            let keys = try await from.command("CLUSTER", "GETKEYSINSLOT", "\(slot)", "1")
                .split(whereSeparator: \.isNewline).map(String.init)
            guard let key = keys.first else { break }
            try await from.command("MIGRATE", "127.0.0.1", "\(to.port)", key, "0", "5000")
        }
        for server in [to, from] {
            try await server.command("CLUSTER", "SETSLOT", "\(slot)", "NODE", RedisService.id(of: to))
        }
    }

    // MARK: Sentinels

    private static func sentinels(of master: RedisProcess) async throws -> [RedisProcess] {
        var sentinels: [RedisProcess] = []
        for _ in 0..<3 {
            sentinels.append(
                try await RedisProcess(
                    listening: true, options: [],
                    sentinel: [
                        "sentinel monitor stoa 127.0.0.1 \(master.port) 2",
                        "sentinel down-after-milliseconds stoa 700", "sentinel failover-timeout stoa 3000",
                    ]))
        }
        for sentinel in sentinels {
            try await eventually("the Sentinels know each other and the replica", within: 60) {
                let text = try await sentinel.command("SENTINEL", "MASTER", "stoa")
                    .split(whereSeparator: \.isNewline).map(String.init)
                func field(_ name: String) -> String? {
                    text.firstIndex(of: name).flatMap { $0 + 1 < text.count ? text[$0 + 1] : nil }
                }
                return field("num-other-sentinels") == "2" && field("num-slaves") == "1"
                    && field("flags") == "master"
            }
        }
        return sentinels
    }
}
