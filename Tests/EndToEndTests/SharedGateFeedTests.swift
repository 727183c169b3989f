import JSON
import StoaTesting
import Testing

@Suite("Gates of several servers that are told of changes", .timeLimit(.minutes(5)))
struct SharedGateFeedTests {
    private static func feed(_ ledger: Ledger) -> [String: String] { ["solana.rpc_ws": ledger.base + "/ws"] }

    @Test(
        "each server has the accounts of its own people watched, also the one that sweeps, while they are here"
    )
    func ownPeople() async throws {
        let ledger = try await Ledger()
        let shared = try await SharedGateBench(2, Self.feed(ledger), ledger: ledger)
        let room = try await shared.benches[0].room(10)
        let sweeper = try await shared.sweeper()
        let bench = shared.benches[1 - sweeper]
        try await bench.give("u_ann", wallet: 1, 10)
        let ann = try await bench.member("u_ann", of: room)
        try await bench.watched(1)
        try await shared.sweeps(5, by: sweeper)
        #expect(try await ledger.act("subscriptions").integer == 1)
        try await shared.benches[sweeper].give("u_bob", wallet: 2, 10)
        let bob = try await shared.benches[sweeper].member("u_bob", of: room)
        try await bench.watched(2)
        ann.cut()
        try await bench.watched(1)
        withExtendedLifetime(bob) {}
    }

    @Test("a sale is asked about by the seller's server alone, and puts them out at once")
    func sold() async throws {
        let ledger = try await Ledger()
        let settings = Self.feed(ledger).merging(["gates.sweep_ms": "3600000"]) { $1 }
        let shared = try await SharedGateBench(2, settings, ledger: ledger)
        let bench = shared.benches[1]
        let room = try await bench.room(10)
        let wallet = try await bench.give("u_ann", wallet: 1, 10)
        let ann = try await bench.member("u_ann", of: room)
        try await bench.watched(1)
        let before = try await shared.calls(0)
        try await bench.sell(wallet, 1)
        #expect(try await ann.push("left")["reason"]?.string == "gate_lost")
        #expect(try await shared.calls(0) == before)
    }
}
