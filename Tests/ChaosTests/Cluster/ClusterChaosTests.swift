import Foundation
import StoaTesting
import TestRandom
import Testing

/// How long `.ci/cluster-chaos` wants it, in seconds; without it the checker alone is tested.
private let seconds = ProcessInfo.processInfo.environment["CLUSTER_SECONDS"].flatMap(Int.init) ?? 0
private let seed = ProcessInfo.processInfo.environment["CLUSTER_SEED"].flatMap(UInt64.init) ?? 1

@Suite("Chaos over several processes", .timeLimit(.minutes(seconds / 60 + 8)))
struct ClusterChaosTests {
    @Test(
        "whatever dies or hangs of three servers, Redis and PostgreSQL, no invariant breaks (DESIGN 3)",
        .enabled(if: seconds > 0))
    func chaos() async throws {
        let world = try await ClusterWorld(seed: seed)
        try await world.open()
        let end = Date().addingTimeInterval(Double(seconds))
        var random = SeededRandom(seed: seed)
        var counts: [ClusterFault.Kind: Int] = [:]
        async let talk: Void = world.talk { Date() < end }
        async let nagged = world.nag(until: end, seed: seed &+ 1)
        while Date() < end {
            let fault = ClusterFault(&random, places: world.servers.count)
            print("cluster: \(fault)")
            // What it hits has a generator of its own, so that the schedule does not depend on who is connected.
            var choice = SeededRandom(seed: seed &+ UInt64(counts.values.reduce(0, +)))
            try await world.suffer(fault, &choice)
            counts[fault.kind, default: 0] += 1
        }
        do {
            try await talk
        } catch let broken as Broken {
            throw Broken("\(broken)\(await world.state())")
        }
        print("cluster: \(try await nagged) single connections reset or held up beside the schedule")
        var reckoning = Reckoning(
            world.members, rooms: world.rooms, at: world.servers[0], through: world.proxies[0].port)
        try await reckoning.run()
        try await report(world, counts, reckoning.stored)
        for server in world.servers { #expect(await server.stop() == 0) }
    }

    private func report(_ world: ClusterWorld, _ counts: [ClusterFault.Kind: Int], _ stored: Int) async throws
    {
        var (acknowledged, resumes) = (0, 0)
        for member in world.members {
            acknowledged += await member.record.acknowledged.count
            resumes += await member.record.resumes
        }
        let faults = ClusterFault.Kind.allCases.map { "\($0) \(counts[$0] ?? 0)" }.joined(separator: ", ")
        print("cluster: faults: \(faults)")
        print("cluster: \(acknowledged) acknowledged, \(stored) stored, \(resumes) resumes")
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
