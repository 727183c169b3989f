import Foundation
import StoaTesting
import Synchronization
import Testing

/// How often `loadtest/run-faults` wants each fault; without it nothing is measured.
private let rounds = ProcessInfo.processInfo.environment["FAULT_ROUNDS"].flatMap(Int.init) ?? 0

/// How long several processes take to be whole again, told as a table; the checker looks over everything afterwards.
@Suite("How soon several processes are whole again", .enabled(if: rounds > 0), .timeLimit(.minutes(30)))
struct ClusterFiguresTests {
    /// One row: what happened, and how long it took each time.
    private struct Row {
        let name: String
        var milliseconds: [Int] = []

        var text: String {
            let sorted = milliseconds.sorted()
            return "| \(name) | \(sorted.count) | \(sorted[sorted.count / 2]) | \(sorted.last ?? 0) |"
        }
    }

    @Test("while people talk: Redis and PostgreSQL are killed, all three servers are restarted in turn")
    func figures() async throws {
        let world = try await ClusterWorld(seed: 1, members: 10)
        try await world.open()
        let isOver = Atomic(false)
        async let talk: Void = world.talk { !isOver.load(ordering: .relaxed) }
        var redis = Row(name: "Redis killed and started: everybody has everything within 150 ms again")
        var postgres = Row(name: "PostgreSQL killed and started: a send is acknowledged in each room")
        var failover = Row(name: "PostgreSQL's standby promoted: a send is acknowledged in each room")
        var rolling = Row(name: "three servers restarted in turn, whole roll")
        for round in 0..<rounds {
            print("figures: round \(round + 1) of \(rounds)")
            try await peace(world)
            try await world.redis.die(for: 2000)
            redis.milliseconds.append(try await elapsed { try await crosses(world) })
            try await peace(world)
            try await world.killPostgres(for: 2000)
            postgres.milliseconds.append(try await elapsed { try await acknowledges(world) })
            try await peace(world)
            let old = try await world.promoteStandby(after: 500)
            failover.milliseconds.append(try await elapsed { try await acknowledges(world) })
            try await old.follow(world.postgres)
            try await peace(world)
            rolling.milliseconds.append(try await elapsed { try await roll(world) })
        }
        isOver.store(true, ordering: .relaxed)
        try await talk
        var reckoning = Reckoning(
            world.members, rooms: world.rooms, at: world.servers[0], through: world.proxies[0].port)
        try await reckoning.run()
        print("figures: | from the moment it is back | times | median, ms | longest, ms |")
        print("figures: |---|--:|--:|--:|")
        for row in [redis, postgres, failover, rolling] { print("figures: \(row.text)") }
        var (acknowledged, resumes) = (0, 0)
        for member in world.members {
            acknowledged += await member.record.acknowledged.count
            resumes += await member.record.resumes
        }
        print(
            "figures: \(acknowledged) acknowledged, \(reckoning.stored) stored, \(resumes) resumes:"
                + " none lost, none twice, one order for all")
        for server in world.servers { #expect(await server.stop() == 0) }
    }

    /// The last place that somebody in a room was told for a message of theirs.
    private func head(_ world: ClusterWorld, _ room: String) async -> Int64 {
        var head: Int64 = 0
        for member in world.members {
            let record = await member.record
            if record.room == room { head = max(head, record.acknowledged.values.max() ?? 0) }
        }
        return head
    }

    /// Waits until everybody has what is acknowledged by now.
    private func healed(_ world: ClusterWorld) async throws {
        for room in world.rooms {
            let head = await head(world, room)
            for member in world.members where await member.record.room == room {
                try await eventually("everybody has \(head)", within: 60) {
                    await member.record.deliveries.last?.seq ?? 0 >= head
                }
            }
        }
    }

    /// Waits until what is said at one server is at once at the others, five times in a row: without Redis it gets there
    /// too, but a second later.
    private func crosses(_ world: ClusterWorld) async throws {
        var times = 0
        while times < 5 {
            times = try await elapsed { try await healed(world) } < 150 ? times + 1 : 0
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits until something more is acknowledged in each room.
    private func acknowledges(_ world: ClusterWorld) async throws {
        for room in world.rooms {
            let before = await head(world, room)
            try await eventually("more than \(before) is acknowledged", within: 60) {
                await head(world, room) > before
            }
        }
    }

    /// Lets them talk undisturbed for a while.
    private func peace(_ world: ClusterWorld) async throws {
        try await Task.sleep(for: .seconds(2))
        try await healed(world)
    }

    /// Restarts one server after the other, each when the one before is back and all is well.
    private func roll(_ world: ClusterWorld) async throws {
        for server in world.servers {
            try await world.restart(server)
            try await healed(world)
        }
    }

    private func elapsed(_ work: () async throws -> Void) async throws -> Int {
        let start = ContinuousClock.now
        try await work()
        let time = ContinuousClock.now - start
        return Int(time.components.seconds * 1000 + time.components.attoseconds / 1_000_000_000_000_000)
    }
}
