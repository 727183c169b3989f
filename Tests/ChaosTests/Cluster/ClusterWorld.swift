import Foundation
import StoaTesting
import Synchronization
import TestRandom

/// Three servers over one PostgreSQL and a Redis of some shape, what stands before each, and people in two rooms who come
/// back to any of them.
final class ClusterWorld: Sendable {
    let redis: RedisSide
    let servers: [ServerProcess]
    /// The database and its standby; which is which changes.
    let databases: [PostgresProcess]
    let primary = Mutex(0)
    /// What the databases' processes and each server's suffer.
    let databaseFaults: Faults
    let faults: [Faults]
    let proxies: [ChaosProxy]
    let members: [PlainMember]
    let rooms: [String]
    let diary: FaultDiary

    init(seed: UInt64, members count: Int = 5, _ shape: RedisService.Shape = .one) async throws {
        // What is acknowledged is on the disk, or a kill of PostgreSQL would prove nothing.
        databaseFaults = try await Faults()
        let first = try await PostgresProcess(["fsync=on"], environment: databaseFaults.environment)
        let second = try await PostgresProcess(standbyOf: first)
        databases = [first, second]
        redis = try await RedisSide(shape)
        let shared = [
            "loops": "1",
            "store.postgres": "host=\(first.directory),\(second.directory) user=stoa dbname=postgres",
            "broker.redis": redis.address,
            "instance.lease_ms": "3000", "broker.timeout_ms": "1000", "broker.compare_ms": "2000",
            "presence.grace_ms": "1000", "drain.close_ms": "500", "rooms.replay_events": "10000",
            // Whoever comes back late still gets all of it: a gap would be told, but it is nothing to compare.
            "rooms.replay_bytes": "8388608", "limits.backlog_bytes": "16777216",
            "websocket.ping_ms": "2000", "websocket.pong_ms": "4000", "metrics.listen": "127.0.0.1:0",
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
        diary = FaultDiary()
    }

    /// Lets everybody in before anybody talks.
    func open() async throws { for member in members { try await member.enter() } }

    /// Everybody talks as long as somebody wants it, and then on until all of theirs is acknowledged.
    func talk(while isWanted: @escaping @Sendable () -> Bool) async throws {
        try await together(members.map { member in { try await member.talk(while: isWanted) } })
    }

    /// What the databases have of the rooms and what the servers said last: for who looks for the cause.
    func state() async -> String {
        var words = await redis.state()
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

    /// The database that takes writes.
    var postgres: PostgresProcess { databases[primary.withLock { $0 }] }
}
