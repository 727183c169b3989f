import Foundation
import StoaTesting
import Synchronization
import TestRandom

/// The Redis of a run in whichever way it is built, what stands before each of its servers, and what they suffer.
final class RedisSide: Sendable {
    /// How long a replica may take to be in step, or to take a master's place, in seconds.
    private static let patience: Double = 25

    /// Proxies, in the order in which they were asked for.
    private final class Proxies: Sendable {
        private let list = Mutex<[ChaosProxy]>([])
        var all: [ChaosProxy] { list.withLock { $0 } }

        func stand(before port: UInt16) throws -> UInt16 {
            let proxy = try ChaosProxy(to: .port { port }, .server)
            list.withLock { $0.append(proxy) }
            return proxy.port
        }
    }

    let service: RedisService
    /// What leads to each of its servers.
    let doors: [ChaosProxy]
    /// What leads from the others to each member of a cluster.
    private let buses: [ChaosProxy]
    /// What the members of a cluster call themselves.
    private let ids: [String]
    /// Those that can take each other's place: a master and its replicas.
    private let groups: [[Int]]

    init(_ shape: RedisService.Shape) async throws {
        let (commands, members) = (Proxies(), Proxies())
        service = try await RedisService(
            shape, replicas: shape == .sentinel ? 2 : 1,
            behind: .init(
                commands: { try commands.stand(before: $0) }, members: { try members.stand(before: $0) }))
        (doors, buses) = (commands.all, members.all)
        var ids: [String] = []
        if shape == .cluster {
            for server in service.servers { ids.append(try await RedisService.id(of: server)) }
        }
        self.ids = ids
        groups = shape == .cluster ? [[0, 3], [1, 4], [2, 5]] : [Array(service.servers.indices)]
    }

    /// What `broker.redis` says.
    var address: String { service.address }

    // MARK: All of it

    /// Kills all servers and starts them again, empty.
    func die(for milliseconds: Int) async throws {
        for server in service.servers { server.kill() }
        try await Task.sleep(for: .milliseconds(milliseconds))
        for server in service.servers { try await server.start() }
    }

    /// Stops all servers for a while.
    func hang(for milliseconds: Int) async throws {
        try await during(
            milliseconds, { for server in service.servers { server.pause(true) } },
            { for server in service.servers { server.pause(false) } })
    }

    // MARK: A master that is replaced

    /// Kills a master, and starts it again once another one has its place.
    func masterDies(_ fault: ClusterFault) async throws -> Bool {
        try await replace(fault, { service.servers[$0].kill() }, { try await service.servers[$0].start() })
    }

    /// Stops a master, and lets it go on once another one has its place.
    func masterHangs(_ fault: ClusterFault) async throws -> Bool {
        try await replace(
            fault, { service.servers[$0].pause(true) }, { service.servers[$0].pause(false) })
    }

    /// Lets only one of our processes reach a master, and no other Redis, until another one has its place.
    func masterIsSplit(_ fault: ClusterFault, with instance: String) async throws -> Bool {
        let name = Array("stoa-\(instance)".utf8)
        return try await replace(
            fault, { split($0, keeping: name) },
            { _ in for proxy in doors + buses { proxy.bar(nil) } })
    }

    private func split(_ old: Int, keeping name: [UInt8]) {
        doors[old].bar { $0.firstRange(of: name) == nil }
        guard !buses.isEmpty else { return }
        let id = Array(ids[old].utf8)
        for (place, bus) in buses.enumerated() {
            // Whoever speaks first on a way between members says who it is.
            bus.bar { place == old || $0.firstRange(of: id) != nil }
        }
    }

    /// Takes a master away until a replica has its place, and for a while longer.
    ///
    /// - Returns: Whether that came to be.
    private func replace(
        _ fault: ClusterFault, _ begin: (Int) -> Void, _ end: (Int) async throws -> Void
    ) async throws -> Bool {
        let group = groups[fault.place % groups.count]
        var old: Int?
        _ = try await waits { [self] in
            old = try await master(of: group, needsReplica: true)
            return old != nil
        }
        guard let old else { return false }
        begin(old)
        do {
            let isReplaced = try await waits { [self] in
                try await master(of: group.filter { $0 != old }, needsReplica: false) != nil
            }
            try await Task.sleep(for: .milliseconds(fault.length))
            try await end(old)
            return isReplaced
        } catch {
            try? await end(old)
            throw error
        }
    }

    /// Which of some servers takes writes.
    private func master(of group: [Int], needsReplica: Bool) async throws -> Int? {
        let named = service.shape == .sentinel ? try await service.namedMaster() : nil
        for place in group where service.shape != .sentinel || place == named {
            let info = try await service.servers[place].command("INFO", "replication")
            guard info.contains("role:master") else { continue }
            if !needsReplica || info.contains("state=online") { return place }
        }
        return nil
    }

    private func waits(_ holds: () async throws -> Bool) async throws -> Bool {
        let deadline = Date().addingTimeInterval(RedisSide.patience)
        while try await !holds() {
            guard Date() < deadline else { return false }
            try await Task.sleep(for: .milliseconds(100))
        }
        return true
    }

    /// Waits until there is a master for everything: one that was replaced may still take itself for one.
    func serves() async throws -> Bool {
        try await waits {
            for group in groups where try await master(of: group, needsReplica: false) == nil { return false }
            return try await isWhole()
        }
    }

    /// Waits until every server of a cluster is the master of its group, or in step with it.
    private func settles() async throws -> Bool {
        try await waits {
            for group in groups where try await !isSettled(group) { return false }
            return try await isWhole()
        }
    }

    private func isSettled(_ group: [Int]) async throws -> Bool {
        var masters = 0
        for place in group {
            let info = try await service.servers[place].command("INFO", "replication")
            if info.contains("role:master") {
                masters += 1
            } else if !info.contains("master_link_status:up") {
                return false
            }
        }
        return masters == 1
    }

    /// Whether each server of a cluster says that all slots are served.
    private func isWhole() async throws -> Bool {
        guard service.shape == .cluster else { return true }
        for server in service.servers {
            let info = try await server.command("CLUSTER", "INFO")
            guard info.contains("cluster_state:ok") else { return false }
        }
        return true
    }

    // MARK: Sentinels

    func sentinelDies(_ fault: ClusterFault) async throws {
        let sentinel = service.sentinels[fault.place % service.sentinels.count]
        sentinel.kill()
        try await Task.sleep(for: .milliseconds(fault.length))
        try await sentinel.start()
    }

    func sentinelHangs(_ fault: ClusterFault) async throws {
        let sentinel = service.sentinels[fault.place % service.sentinels.count]
        try await during(fault.length, { sentinel.pause(true) }, { sentinel.pause(false) })
    }

    // MARK: Slots

    /// Moves the slots of some names from master to master, with all that is in them.
    func moveSlots(of names: [String], _ random: inout SeededRandom) async throws -> Bool {
        guard try await settles() else { return false }
        for name in names.shuffled(using: &random).prefix(3) {
            let slot = try await service.slot(of: name)
            var masters: [Int] = []
            for group in groups {
                if let place = try await master(of: group, needsReplica: false) { masters.append(place) }
            }
            guard let from = try await owner(of: slot, among: masters),
                let to = masters.filter({ $0 != from }).randomElement(using: &random)
            else { return false }
            try await service.move(slot: slot, from: from, to: to)
        }
        return true
    }

    private func owner(of slot: Int, among masters: [Int]) async throws -> Int? {
        for place in masters {
            // Its own line ends with the slots that it has: 7, 10-20, [20->-…].
            let line = try await service.servers[place].command("CLUSTER", "NODES")
                .split(whereSeparator: \.isNewline).first { $0.contains("myself") }
            for range in (line ?? "").split(separator: " ").dropFirst(8) {
                let ends = range.split(separator: "-").compactMap { Int($0) }
                if let first = ends.first, let last = ends.last, (first...max(first, last)) ~= slot {
                    return place
                }
            }
        }
        return nil
    }

    /// What each of the servers takes itself for: for who looks for a cause.
    func state() async -> String {
        let fields = ["role:", "master_port:", "master_link_status:", "connected_slaves:", "cluster_state:"]
        var words = ""
        for (place, server) in service.servers.enumerated() {
            var lines = (try? await server.command("INFO", "replication")) ?? "away"
            if service.shape == .cluster { lines += (try? await server.command("CLUSTER", "INFO")) ?? "" }
            let facts = lines.split(whereSeparator: \.isNewline).filter { line in
                fields.contains { line.hasPrefix($0) }
            }
            words += "\nRedis \(place) behind \(doors[place].port): \(facts.joined(separator: " "))"
        }
        return words
    }
}
