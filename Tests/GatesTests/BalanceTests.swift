import Gates
import JSON
import StoaTesting
import Testing

@Suite("Balances")
struct BalanceTests {
    @Test(
        "all accounts of a wallet are summed in base units, frozen and delegated ones too",
        arguments: ["spl-token", "spl-token-2022"])
    func sums(program: String) async throws {
        let bench = try await LedgerBench()
        let wallet = try await bench.wallet()
        let mint = try await bench.mint(program)
        let most = UInt64.max - 5
        try await bench.ledger.mint(mint.text, to: wallet.text, most)
        try await bench.ledger.mint(mint.text, to: wallet.text, 5, fresh: true)
        #expect(await bench.read(wallet, .token(mint)).amount == UInt128(UInt64.max))
        try await bench.ledger.act(
            "delegate",
            [
                ("mint", .string(mint.text)), ("owner", .string(wallet.text)),
                ("to", .string(try await bench.ledger.wallet())), ("amount", .integer(1000)),
            ])
        try await bench.ledger.act(
            "freeze", [("mint", .string(mint.text)), ("owner", .string(wallet.text))])
        #expect(await bench.read(wallet, .token(mint)).amount == UInt128(UInt64.max))
    }

    @Test("what is sold or burnt no longer counts, from a later slot; none at all is known to be none")
    func sells() async throws {
        let bench = try await LedgerBench()
        let (wallet, other) = (try await bench.wallet(), try await bench.wallet())
        let mint = try await bench.mint()
        try await bench.ledger.mint(mint.text, to: wallet.text, 10)
        let before = await bench.read(wallet, .token(mint))
        try await bench.ledger.transfer(mint.text, from: wallet.text, to: other.text, 7)
        try await bench.ledger.act(
            "burn",
            [("mint", .string(mint.text)), ("owner", .string(wallet.text)), ("amount", .integer(3))])
        let after = await bench.read(wallet, .token(mint), notBefore: before.slot)
        #expect(before.amount == 10)
        #expect(after.amount == 0)
        #expect(try #require(after.slot) > #require(before.slot))
        #expect(await bench.read(other, .token(mint)).amount == 7)
        #expect(await bench.read(try await bench.wallet(), .token(mint)).amount == 0)
    }

    @Test("frozen and delegated units are left out where the operator says so")
    func leavesOut() async throws {
        let bench = try await LedgerBench { settings in
            settings.countsFrozen = false
            settings.countsDelegated = false
        }
        let wallet = try await bench.wallet()
        let mint = try await bench.mint()
        try await bench.ledger.mint(mint.text, to: wallet.text, 100)
        try await bench.ledger.mint(mint.text, to: wallet.text, 20, fresh: true)
        let owned = [("mint", mint.text), ("owner", wallet.text)].map { ($0.0, JSONValue.string($0.1)) }
        try await bench.ledger.act(
            "delegate", owned + [("to", .string(try await bench.ledger.wallet())), ("amount", .integer(30))])
        #expect(await bench.read(wallet, .token(mint)).amount == 90)
        try await bench.ledger.act("freeze", owned)
        #expect(await bench.read(wallet, .token(mint)).amount == 20)
    }

    @Test("the chain's own coin is read in lamports")
    func native() async throws {
        let bench = try await LedgerBench()
        #expect(
            await bench.read(try await bench.wallet(lamports: 5_000_000_000), .native).amount == 5_000_000_000
        )
        #expect(await bench.read(try await bench.wallet(), .native).amount == 0)
    }

    @Test("a mint that does not exist makes the reading unknown")
    func noMint() async throws {
        let bench = try await LedgerBench()
        let reading = await bench.read(try await bench.wallet(), .token(try await bench.wallet()))
        #expect(reading.reason == .refused(-32602))
    }
}
