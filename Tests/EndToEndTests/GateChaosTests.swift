import Foundation
import StoaTesting
import Testing

/// How long `.ci/gate-chaos` wants it, in seconds.
private let seconds = ProcessInfo.processInfo.environment["GATE_CHAOS_SECONDS"].flatMap(Int.init) ?? 8
private let seed = ProcessInfo.processInfo.environment["GATE_CHAOS_SEED"].flatMap(UInt64.init) ?? 1

@Suite("Chaos at a gate", .timeLimit(.minutes(seconds / 60 + 5)))
struct GateChaosTests {
    @Test("whatever is traded and whichever nodes fail, nobody is let in or taken out who should not be (A8)")
    func chaos() async throws {
        let world = try await GateChaosWorld(seed: seed, people: 16)
        let end = Date().addingTimeInterval(Double(seconds))
        while Date() < end { try await world.step() }
        try await world.reckon()
        print(
            "gate chaos: \(world.counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))"
        )
        #expect((world.counts["admitted"] ?? 0) > 0)
    }
}
