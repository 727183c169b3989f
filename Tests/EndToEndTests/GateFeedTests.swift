import JSON
import StoaTesting
import Testing

@Suite("Gates that are told of changes")
struct GateFeedTests {
    /// A room with a member whose account is watched; no sweep comes in a test's time.
    private struct Setting {
        let bench: GateBench
        let room: String
        let client: TestClient
        let sell: @Sendable () async throws -> Void

        init() async throws {
            let ledger = try await Ledger()
            let bench = try await GateBench(
                ["gates.sweep_ms": "3600000", "solana.rpc_ws": ledger.base + "/ws"], ledger: ledger)
            room = try await bench.room(10)
            let wallet = try await bench.give("u_ann", wallet: 1, 10)
            client = try await bench.member("u_ann", of: room)
            try await bench.watched(1)
            self.bench = bench
            sell = { try await bench.sell(wallet, 1) }
        }
    }

    @Test("a notice of a sale takes the seller out, without a sweep (bound: 10 s)")
    func sold() async throws {
        let setting = try await Setting()
        try await setting.sell()
        #expect(try await setting.client.push("left")["reason"]?.string == "gate_lost")
    }

    @Test("what happened while the connection was lost is found when it is back")
    func lost() async throws {
        let setting = try await Setting()
        try await setting.bench.ledger.act("silence", [("silent", .bool(true))])
        try await setting.sell()
        #expect(setting.client.log.allSatisfy { $0["type"]?.string != "left" })
        try await setting.bench.ledger.act("cut")
        #expect(try await setting.client.push("left")["reason"]?.string == "gate_lost")
    }
}

extension GateBench {
    /// Waits until the ledger is asked to tell of so many accounts.
    func watched(_ count: Int64) async throws {
        try await until { try await ledger.act("subscriptions").integer == count }
    }
}
