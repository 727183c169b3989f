import Foundation
import StoaTesting
import TestRandom
import Testing

/// How long `.ci/chaos` wants it, in seconds; nothing runs without.
private let seconds = ProcessInfo.processInfo.environment["CHAOS_SECONDS"].flatMap(Int.init) ?? 0
private let seed = ProcessInfo.processInfo.environment["CHAOS_SEED"].flatMap(UInt64.init) ?? 1

@Suite("Chaos", .enabled(if: seconds > 0), .timeLimit(.minutes(seconds / 60 + 5)))
struct ChaosTests {
    @Test("kills, freezes, cuts, stalls, slow readers and bad disks break no invariant (DESIGN 3)")
    func chaos() async throws {
        let world = try await ChaosWorld(seed: seed)
        let end = Date().addingTimeInterval(Double(seconds))
        try await world.open()
        var random = SeededRandom(seed: seed)
        var counts: [ChaosFault.Kind: Int] = [:]
        async let talk: Void = world.talk(until: end)
        while Date() < end {
            let fault = ChaosFault(&random)
            print("chaos: \(fault)")
            // What it hits has a generator of its own, so that the schedule does not depend on who is connected.
            var choice = SeededRandom(seed: seed &+ UInt64(counts.values.reduce(0, +)))
            try await world.suffer(fault, &choice)
            counts[fault.kind, default: 0] += 1
        }
        try await talk
        // From the store alone: nothing that a process still remembers.
        world.server.kill()
        try await world.server.start()
        var reckoning = Reckoning(
            world.plainMembers, world.libraryMembers, rooms: world.rooms, at: world.server,
            through: world.plain.port)
        try await reckoning.run()
        try await report(world, counts, reckoning.stored)
        for member in world.libraryMembers { await member.close() }
        #expect(await world.server.stop() == 0)
    }

    private func report(_ world: ChaosWorld, _ counts: [ChaosFault.Kind: Int], _ stored: Int) async throws {
        var (acknowledged, resumes, publications) = (0, 0, 0)
        for member in world.plainMembers {
            acknowledged += await member.record.acknowledged.count
            resumes += await member.record.resumes
            publications += await member.topic.publications.count
        }
        for member in world.libraryMembers {
            acknowledged += await member.record.acknowledged.count
            resumes += await member.record.resumes
        }
        let faults = ChaosFault.Kind.allCases.map { "\($0) \(counts[$0] ?? 0)" }.joined(separator: ", ")
        print("chaos: faults: \(faults)")
        print(
            "chaos: \(acknowledged) acknowledged, \(stored) stored, \(publications) publications seen, \(resumes) resumes"
        )
        #expect(acknowledged > 0 && resumes > 0)
    }
}
