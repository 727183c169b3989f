import Gates
import JSON
import StoaTesting
import TestRandom
import Testing

@Suite("Chaos among nodes")
struct NodeChaosTests {
    static let faults = NodeFaultTests.kinds.map(\.fault) + ["stale"]

    @Test("whatever two nodes do, a reading is the truth or unknown (invariant 9)", arguments: [1, 2, 3])
    func truthOrUnknown(seed: UInt64) async throws {
        let bench = try await LedgerBench { $0.timeout = .milliseconds(600) }
        let (wallet, other) = (try await bench.wallet(lamports: 5_000_000), try await bench.wallet())
        let mint = try await bench.mint()
        try await bench.ledger.mint(mint.text, to: wallet.text, 1000)
        try await bench.ledger.mint(mint.text, to: other.text, 7)
        var random = SeededRandom(seed: seed)
        var truth: UInt128 = 1000
        var slot: Int64 = 2000
        var known = 0
        for _ in 0..<40 {
            // Past every pause, and as many slots on as a chain that lives makes in the time.
            bench.clock.advance(61_000)
            slot += 200
            try await bench.ledger.act("set_slot", [("slot", .integer(slot))])
            for node in ["a", "b"] {
                let fault =
                    Bool.random(using: &random) ? NodeChaosTests.faults.randomElement(using: &random) : nil
                // The huge answer alone takes longer than all others together.
                try await bench.ledger.fault(
                    node, fault == "huge" ? "html" : fault, [("slot", .integer(slot - 1000))])
            }
            if Bool.random(using: &random) {
                try await bench.ledger.transfer(mint.text, from: wallet.text, to: other.text, 1)
                truth -= 1
            }
            let reading = await bench.read(wallet, .token(mint))
            #expect(reading.amount == nil || reading.amount == truth)
            if reading.amount != nil { known += 1 }
            let coin = await bench.read(wallet, .native)
            #expect(coin.amount == nil || coin.amount == 5_000_000)
        }
        // Both fail in a quarter of the rounds.
        #expect(known > 15)
    }
}
