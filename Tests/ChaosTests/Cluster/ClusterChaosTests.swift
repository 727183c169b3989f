import Foundation
import StoaTesting
import TestRandom
import Testing

/// How long `.ci/cluster-chaos` wants it, in seconds; without it the checker alone is tested.
private let seconds = variable("CLUSTER_SECONDS").flatMap(Int.init) ?? 0
private let seed = variable("CLUSTER_SEED").flatMap(UInt64.init) ?? 1
/// How Redis is built: as it says, else as the seed has it.
private let shape =
    variable("CLUSTER_REDIS").flatMap(RedisService.Shape.init)
    ?? RedisService.Shape.allCases[Int(seed % UInt64(RedisService.Shape.allCases.count))]

/// Names of the only faults that there are to be, for who looks for a cause.
private let only = (variable("CLUSTER_ONLY") ?? "").split(separator: ",").map(String.init)

private func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

@Suite("Chaos over several processes", .timeLimit(.minutes(seconds / 60 + 8)))
struct ClusterChaosTests {
    @Test(
        "whatever dies or hangs of three servers, Redis and PostgreSQL, no invariant breaks (DESIGN 3)",
        .enabled(if: seconds > 0))
    func chaos() async throws {
        print("cluster: Redis is \(shape)")
        let world = try await ClusterWorld(seed: seed, shape)
        try await world.open()
        do {
            try await run(world)
        } catch {
            throw Broken("\(error)\n\(world.diary.recent)\n\(await world.state())")
        }
        for server in world.servers { #expect(await server.stop() == 0) }
    }

    private func run(_ world: ClusterWorld) async throws {
        let end = Date().addingTimeInterval(Double(seconds))
        // Whichever finds something broken ends the others at once: what comes later is no cause of it.
        try await together([
            { try await world.talk { Date() < end } },
            { try await world.suffer(until: end, seed: seed, only: only) },
            { try await world.nag(until: end, seed: seed &+ 1) },
        ])
        guard try await world.redis.serves() else { throw TestFailure("Redis does not serve") }
        var reckoning = Reckoning(
            world.members, rooms: world.rooms, at: world.servers[0], through: world.proxies[0].port)
        try await reckoning.run()
        var (acknowledged, resumes) = (0, 0)
        for member in world.members {
            acknowledged += await member.record.acknowledged.count
            resumes += await member.record.resumes
        }
        var healed = 0
        for server in world.servers {
            healed += Int(try await server.metrics()("stoa_room_healed_events_total"))
        }
        print("cluster: \(acknowledged) acknowledged, \(reckoning.stored) stored, \(resumes) resumes")
        print("cluster: since their last starts the servers healed \(healed) events that Redis did not bring")
        print("cluster: \(shape): \(world.diary.sum)")
        #expect(acknowledged > 0)
    }

    // MARK: The checker's own teeth

    private static let history = (1...6).map { Delivery(seq: Int64($0), id: "m\($0)", content: "c\($0)") }

    private static func record(_ deliveries: [Delivery]) -> MemberRecord {
        var record = MemberRecord(user: "u", room: "r")
        record.deliveries = deliveries
        record.acknowledged = ["c2": 2, "c5": 5]
        return record
    }

    @Test("whoever finds something broken ends what goes on beside it, and is the one who is heard")
    func endsAtOnce() async {
        await #expect(throws: Broken.self) {
            try await together([
                { try await Task.sleep(for: .seconds(3600)) }, { throw Broken("found") },
                { try await Task.sleep(for: .seconds(3600)) },
            ])
        }
    }

    @Test("a run without a fault passes the checker")
    func passes() throws { try Reckoning.compare([Self.record(Self.history)], Self.history) }

    @Test("a delivery that is dropped, doubled, swapped or another is found", arguments: 0..<5)
    func findsWrongDeliveries(bug: Int) {
        var seen = Self.history
        switch bug {
        case 0: seen.remove(at: 3)
        case 1: seen.insert(seen[2], at: 3)
        case 2: seen.swapAt(1, 2)
        case 3: seen[4] = Delivery(seq: 5, id: "m5", content: "other")
        default: seen.removeLast()
        }
        #expect(throws: Broken.self) {
            try Reckoning.compare([Self.record(Self.history), Self.record(seen)], Self.history)
        }
    }

    @Test("a message that is lost, doubled or elsewhere in the store is found", arguments: 0..<4)
    func findsWrongHistory(bug: Int) {
        var stored = Self.history
        switch bug {
        case 0: stored.removeLast(2)
        case 1: stored.append(Delivery(seq: 7, id: "m7", content: "c5"))
        case 2: stored[5] = Delivery(seq: 7, id: "m6", content: "c6")
        default: stored[1] = Delivery(seq: 2, id: "m2", content: "never acknowledged")
        }
        // Everybody saw what is stored: only what was acknowledged, and the order itself, tells.
        #expect(throws: Broken.self) { try Reckoning.compare([Self.record(stored)], stored) }
    }

    @Test("an acknowledgement with a stale seq is found")
    func findsStaleAcknowledgements() {
        var record = Self.record(Self.history)
        record.acknowledged["c6"] = 3
        #expect(throws: Broken.self) { try Reckoning.compare([record], Self.history) }
    }
}
