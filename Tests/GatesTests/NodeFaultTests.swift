import Gates
import JSON
import StoaTesting
import Testing

@Suite("Nodes that fail")
struct NodeFaultTests {
    static let kinds: [(fault: String, reason: UnknownReason)] = [
        ("timeout", .timeout), ("rate_limit", .rateLimited), ("server_error", .status(503)),
        ("html", .malformed), ("empty", .malformed), ("null", .malformed), ("truncated", .malformed),
        ("huge", .tooLarge), ("wrong_id", .wrongID), ("error", .refused(-32005)), ("lie", .contradictory),
    ]

    @Test("no fault is taken for holding nothing or something; the second node's answer is", arguments: kinds)
    func fails(fault: String, reason: UnknownReason) async throws {
        let bench = try await LedgerBench { $0.timeout = .milliseconds(fault == "timeout" ? 100 : 3000) }
        let (wallet, other) = (try await bench.wallet(), try await bench.wallet())
        let mint = try await bench.mint()
        try await bench.ledger.mint(mint.text, to: wallet.text, 10)
        try await bench.ledger.mint(mint.text, to: other.text, 50)
        try await bench.ledger.fault("a", fault)
        #expect(await bench.read(wallet, .token(mint)).amount == 10)
        try await bench.ledger.fault("b", fault)
        let reading = await bench.read(wallet, .token(mint))
        #expect(reading.reason == reason)
        #expect(reading.verdict(atLeast: 1) == .unknown)
        #expect(reading.verdict(atLeast: 0) == .unknown)
    }

    @Test("a node that lags behind an earlier answer is not believed")
    func lag() async throws {
        let bench = try await LedgerBench()
        let wallet = try await bench.wallet(lamports: 9_000_000)
        let first = await bench.read(wallet, .native)
        try await bench.ledger.fault("a", "stale", [("slot", .integer(900))])
        try await bench.ledger.fault("b", "stale", [("slot", .integer(900))])
        #expect(await bench.read(wallet, .native, notBefore: first.slot).reason == .stale)
        try await bench.ledger.fault("a", nil)
        try await bench.ledger.act("set_slot", [("slot", .integer(5000))])
        #expect(await bench.read(wallet, .native).slot == 5000)
        try await bench.ledger.fault("a", "stale", [("slot", .integer(4000))])
        #expect(await bench.read(wallet, .native).reason == .stale)
        try await bench.ledger.fault("b", nil)
        #expect(await bench.read(wallet, .native).slot == 5000)
    }

    @Test("a node that asked for patience is not asked again before (RFC 6585 §4)")
    func patience() async throws {
        let bench = try await LedgerBench()
        let wallet = try await bench.wallet(lamports: 9_000_000)
        try await bench.ledger.fault("a", "rate_limit", times: 1, [("after", .integer(60))])
        for _ in 0..<3 { #expect(await bench.read(wallet, .native).amount == 9_000_000) }
        #expect(try await bench.ledger.calls("a").count == 1)
        #expect(try await bench.ledger.calls("b").count == 3)
        bench.clock.advance(60_000)
        #expect(await bench.read(wallet, .native).amount == 9_000_000)
        #expect(try await bench.ledger.calls("a").count == 2)
    }

    @Test("a node that keeps failing is spared for a while")
    func breaker() async throws {
        let bench = try await LedgerBench()
        let wallet = try await bench.wallet(lamports: 9_000_000)
        try await bench.ledger.fault("a", "server_error")
        for _ in 0..<20 { #expect(await bench.read(wallet, .native).amount == 9_000_000) }
        #expect(try await bench.ledger.calls("a").count == 5)
        #expect(bench.reader.wait(.join) == 0)
        try await bench.ledger.fault("b", "server_error")
        for _ in 0..<5 { #expect(await bench.read(wallet, .native).reason == .status(503)) }
        #expect(bench.reader.wait(.join) == 5000)
        bench.clock.advance(2000)
        #expect(bench.reader.wait(.join) == 3000)
    }

    @Test("a collection's fault is unknown too", arguments: kinds.filter { $0.fault != "lie" })
    func collections(fault: String, reason: UnknownReason) async throws {
        let bench = try await LedgerBench { settings in
            settings.endpoints.removeLast()
            settings.timeout = .milliseconds(fault == "timeout" ? 100 : 3000)
        }
        let (wallet, collection) = (try await bench.wallet(), try await bench.wallet())
        try await bench.ledger.fault("a", fault)
        #expect(await bench.read(wallet, .collection(collection)).reason == reason)
    }
}
