import Foundation
import StoaTesting
import Synchronization
import TestRandom

/// Three servers over one PostgreSQL and one Redis, what stands before each, and people in two rooms who come back to
/// any of them.
final class ClusterWorld: Sendable {
    let redis: RedisProcess
    let servers: [ServerProcess]
    /// The database and its standby; which is which changes.
    private let databases: [PostgresProcess]
    private let primary = Mutex(0)
    /// What the databases' processes and each server's suffer.
    private let databaseFaults: Faults
    private let faults: [Faults]
    let proxies: [ChaosProxy]
    let members: [PlainMember]
    let rooms: [String]

    init(seed: UInt64, members count: Int = 5) async throws {
        // What is acknowledged is on the disk, or a kill of PostgreSQL would prove nothing.
        databaseFaults = try await Faults()
        let first = try await PostgresProcess(["fsync=on"], environment: databaseFaults.environment)
        let second = try await PostgresProcess(standbyOf: first)
        databases = [first, second]
        redis = try await RedisProcess()
        let shared = [
            "loops": "1",
            "store.postgres": "host=\(first.directory),\(second.directory) user=stoa dbname=postgres",
            "broker.redis": redis.address,
            "instance.lease_ms": "3000", "broker.timeout_ms": "1000", "broker.compare_ms": "2000",
            "presence.grace_ms": "1000", "drain.close_ms": "500", "rooms.replay_events": "10000",
            "websocket.ping_ms": "2000", "websocket.pong_ms": "4000",
        ]
        var (servers, proxies, faults) = ([ServerProcess](), [ChaosProxy](), [Faults]())
        for number in 1...3 {
            faults.append(try await Faults())
            let server = try await ServerProcess(
                shared.merging(["instance.id": "i\(number)"]) { $1 },
                environment: faults[number - 1].environment)
            servers.append(server)
            proxies.append(try ChaosProxy(to: .port { server.port }))
        }
        let ports = proxies.map(\.port)
        var (rooms, members) = ([String](), [PlainMember]())
        for number in 0..<2 {
            let room = try await servers[number].room()
            rooms.append(room)
            for index in 0..<count {
                members.append(
                    PlainMember(
                        ports: ports, room: room, user: "u\(number)_\(index)",
                        seed: seed &+ UInt64(100 * number + index)))
            }
        }
        (self.servers, self.proxies, self.faults) = (servers, proxies, faults)
        (self.rooms, self.members) = (rooms, members)
    }

    /// Lets everybody in before anybody talks.
    func open() async throws { for member in members { try await member.enter() } }

    /// Everybody talks as long as somebody wants it, and then on until all of theirs is acknowledged.
    func talk(while isWanted: @escaping @Sendable () -> Bool) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members { group.addTask { try await member.talk(while: isWanted) } }
            try await group.waitForAll()
        }
    }

    /// Does one thing to one of them, or to some connections.
    func suffer(_ fault: ClusterFault, _ random: inout SeededRandom) async throws {
        try await Task.sleep(for: .milliseconds(fault.pause))
        for server in servers where !server.isRunning {
            throw Broken("a server ended by itself: \(server.log.suffix(2000))")
        }
        let server = servers[fault.place]
        var links: [ChaosLink] = []
        for proxy in proxies { links += proxy.some(fault.share, &random) }
        switch fault.kind {
        case .kill:
            server.kill()
            try await Task.sleep(for: .milliseconds(fault.length / 2))
            try await server.start()
        case .restart: try await restart(server)
        case .freeze: try await during(fault, { server.signal(SIGSTOP) }, { server.signal(SIGCONT) })
        case .cut: for link in links { link.cut() }
        case .stall:
            for link in links {
                link.freeze(.toServer, milliseconds: fault.length)
                link.freeze(.toClient, milliseconds: fault.length)
            }
        case .redisDies: try await killRedis(for: fault.length)
        case .redisHangs: try await during(fault, { redis.pause(true) }, { redis.pause(false) })
        case .postgresDies: try await killPostgres(for: fault.length / 2)
        case .postgresHangs: try await during(fault, { postgres.pause(true) }, { postgres.pause(false) })
        case .postgresFull:
            databaseFaults.set(.writeFile, error: ENOSPC)
            try await during(fault, {}, { databaseFaults.clear(.writeFile) })
            for database in databases { try await database.revive() }
        case .failover:
            let old = try await promoteStandby(after: fault.length / 2)
            try await Task.sleep(for: .milliseconds(fault.length / 2))
            try await old.follow(postgres)
        case .clock:
            let faults = faults[fault.place]
            faults.set(.clock, limit: Int64((fault.share - 0.4) * 1_200_000))
            try await during(fault, {}, { faults.clear(.clock) })
        }
    }

    /// Beside all that, resets or holds up one connection after the other.
    ///
    /// - Returns: How many.
    func nag(until end: Date, seed: UInt64) async throws -> Int {
        var random = SeededRandom(seed: seed)
        var count = 0
        while Date() < end {
            try await Task.sleep(for: .milliseconds(Int.random(in: 40...240, using: &random)))
            let proxy = proxies[Int.random(in: 0..<proxies.count, using: &random)]
            guard let link = proxy.some(1, &random).randomElement(using: &random) else { continue }
            count += 1
            switch Int.random(in: 0..<4, using: &random) {
            case 0: link.cut()
            case 1: link.freeze(.toServer, milliseconds: Int.random(in: 5...400, using: &random))
            case 2: link.freeze(.toClient, milliseconds: Int.random(in: 5...400, using: &random))
            default:
                link.freeze(.toServer, milliseconds: Int.random(in: 5...100, using: &random))
                link.freeze(.toClient, milliseconds: Int.random(in: 5...100, using: &random))
            }
        }
        return count
    }

    /// What the databases have of the rooms and what the servers said last: for who looks for the cause.
    func state() async -> String {
        var words = ""
        for (place, database) in databases.enumerated() {
            let sql = """
                SELECT pg_is_in_recovery(), (SELECT string_agg(id || ' ' || seq, ', ') FROM rooms),
                    (SELECT string_agg(room_id || ' ' || last, ', ')
                    FROM (SELECT room_id, MAX(seq) AS last FROM events GROUP BY 1) AS x),
                    pg_postmaster_start_time()
                """
            let found = (try? await database.query(sql)) ?? "away"
            words += "\ndatabase \(place): \(found)\n\(database.log.suffix(4000))"
        }
        for (place, server) in servers.enumerated() {
            words += "\nserver \(place): \(server.log.suffix(3000))"
        }
        return words
    }

    // MARK: Single faults

    /// Stops a server in order and starts it again.
    func restart(_ server: ServerProcess) async throws {
        let status = await server.stop()
        guard status == 0 else { throw Broken("it did not stop in order: \(status)") }
        try await server.start()
    }

    /// Kills Redis and starts it again, empty.
    func killRedis(for milliseconds: Int) async throws {
        redis.kill()
        try await Task.sleep(for: .milliseconds(milliseconds))
        try await redis.start()
    }

    /// Kills PostgreSQL and starts it again.
    func killPostgres(for milliseconds: Int) async throws {
        await postgres.kill()
        try await Task.sleep(for: .milliseconds(milliseconds))
        try await postgres.start()
    }

    /// The database that takes writes.
    var postgres: PostgresProcess { databases[primary.withLock { $0 }] }

    /// Kills PostgreSQL for good; its standby takes its place.
    ///
    /// - Returns: The one that was killed.
    func promoteStandby(after milliseconds: Int) async throws -> PostgresProcess {
        let old = postgres
        await old.kill()
        try await Task.sleep(for: .milliseconds(milliseconds))
        primary.withLock { $0 = 1 - $0 }
        try await postgres.promote()
        return old
    }

    private func during(_ fault: ClusterFault, _ begin: () -> Void, _ end: () -> Void) async throws {
        begin()
        defer { end() }
        try await Task.sleep(for: .milliseconds(fault.length))
    }
}
