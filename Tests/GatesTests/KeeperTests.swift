import Gates
import JSON
import StoaTesting
import Testing

@Suite("At the gate")
struct KeeperTests {
    @Test("a seller is refused with what was held, an unclear case is closed, and cheap answers ask no chain")
    func judges() async throws {
        let bench = try await LedgerBench()
        let (wallet, other) = (try await bench.wallet(), try await bench.wallet())
        let mint = try await bench.mint("spl-token-2022")
        try await bench.ledger.mint(mint.text, to: wallet.text, 100)
        let reader = bench.reader
        let cache = ReadingCache(milliseconds: 10_000, now: { [clock = bench.clock] in clock.milliseconds }) {
            await reader.read($0, $1, hint: $2)
        }
        let (keeper, facts) = (GateKeeper(cache), GateFacts(wallets: [.solana(wallet)]))
        let policy = GatePolicy.any([.role(.moderator), .token(mint, minimum: 60)])

        #expect(
            await keeper.judge(policy, GateFacts(wallets: [.solana(wallet)], role: .owner)).verdict == .yes)
        #expect(await keeper.judge(policy, GateFacts(wallets: [])).refusal == .walletRequired)
        #expect(try await bench.ledger.calls("a").isEmpty)

        #expect(await keeper.judge(policy, facts).verdict == .yes)
        try await bench.ledger.transfer(mint.text, from: wallet.text, to: other.text, 41)
        #expect(await keeper.judge(policy, facts).verdict == .yes)
        bench.clock.advance(10_001)
        let sold = await keeper.judge(policy, facts)
        #expect(sold.refusal == .tokenBalance)
        #expect(sold.checks.last?.held == 59)

        bench.clock.advance(10_001)
        for node in ["a", "b"] { try await bench.ledger.fault(node, "html") }
        let unclear = await keeper.judge(policy, facts)
        #expect(unclear.refusal == .unavailable)
        #expect(unclear.checks.last?.reason == .malformed)
    }
}
