import Foundation
import StoaTesting
import TestRandom

/// Three servers over one PostgreSQL and one Redis, what stands before each, and people in two rooms who come back to
/// any of them.
final class ClusterWorld: Sendable {
    let postgres: PostgresProcess
    let redis: RedisProcess
    let servers: [ServerProcess]
    let proxies: [ChaosProxy]
    let members: [PlainMember]
    let rooms: [String]

    init(seed: UInt64, members count: Int = 5) async throws {
        // What is acknowledged is on the disk, or a kill of PostgreSQL would prove nothing.
        postgres = try await PostgresProcess(["fsync=on"])
        redis = try await RedisProcess()
        let shared = [
            "loops": "1", "store.postgres": postgres.connection(), "broker.redis": redis.address,
            "instance.lease_ms": "3000", "broker.timeout_ms": "1000", "broker.compare_ms": "2000",
            "presence.grace_ms": "1000", "drain.close_ms": "500", "rooms.replay_events": "10000",
            "websocket.ping_ms": "2000", "websocket.pong_ms": "4000",
        ]
        var (servers, proxies) = ([ServerProcess](), [ChaosProxy]())
        for number in 1...3 {
            let server = try await ServerProcess(shared.merging(["instance.id": "i\(number)"]) { $1 })
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
        (self.servers, self.proxies, self.rooms, self.members) = (servers, proxies, rooms, members)
    }

    /// Lets everybody in before anybody talks.
    func open() async throws { for member in members { try await member.enter() } }

    /// Everybody talks until a moment, and then on until all of theirs is acknowledged.
    func talk(until end: Date) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members { group.addTask { try await member.talk(until: end) } }
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
        case .restart:
            let status = await server.stop()
            guard status == 0 else { throw Broken("it did not stop in order: \(status)") }
            try await server.start()
        case .freeze: try await during(fault, { server.signal(SIGSTOP) }, { server.signal(SIGCONT) })
        case .cut: for link in links { link.cut() }
        case .stall:
            for link in links {
                link.freeze(.toServer, milliseconds: fault.length)
                link.freeze(.toClient, milliseconds: fault.length)
            }
        case .redisDies:
            redis.kill()
            try await Task.sleep(for: .milliseconds(fault.length))
            try await redis.start()
        case .redisHangs: try await during(fault, { redis.pause(true) }, { redis.pause(false) })
        case .postgresDies:
            await postgres.kill()
            try await Task.sleep(for: .milliseconds(fault.length / 2))
            try await postgres.start()
        case .postgresHangs: try await during(fault, { postgres.pause(true) }, { postgres.pause(false) })
        }
    }

    private func during(_ fault: ClusterFault, _ begin: () -> Void, _ end: () -> Void) async throws {
        begin()
        defer { end() }
        try await Task.sleep(for: .milliseconds(fault.length))
    }
}
