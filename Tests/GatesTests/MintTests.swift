import Bytes
import Gates
import JSON
import StoaTesting
import Testing

@Suite("Mints")
struct MintTests {
    @Test(
        "a mint tells its decimals and supply; what is no mint is nil, and a failing node says nothing",
        arguments: ["spl-token", "spl-token-2022"])
    func facts(program: String) async throws {
        let bench = try await LedgerBench()
        let (mint, wallet) = (try await bench.mint(program), try await bench.wallet(lamports: 5_000_000))
        let account = try await bench.ledger.act(
            "mint",
            [("mint", .string(mint.text)), ("owner", .string(wallet.text)), ("amount", .integer(2_500_000))])
        let facts = try #require(try await bench.reader.mint(mint))
        #expect(facts.decimals == 6)
        #expect(facts.supply == 2_500_000)
        #expect(facts.wholeTokens(facts.supply) == "2.5")
        for address in [try #require(account.string), wallet.text, try await bench.ledger.wallet()] {
            #expect(try await bench.reader.mint(try #require(SolanaAddress(address))) == nil)
        }
        for node in ["a", "b"] { try await bench.ledger.fault(node, "server_error") }
        await #expect(throws: UnknownReason.status(503)) { try await bench.reader.mint(mint) }
    }

    @Test(
        "whole tokens are exact",
        arguments: [
            (0, "0"), (1, "0.000001"), (1_000_000, "1"), (1_200_000, "1.2"), (.max, "18446744073709.551615"),
        ])
    func wholeTokens(amount: UInt64, text: String) throws {
        var bytes = [UInt8](repeating: 0, count: 82)
        bytes.replaceSubrange(44...45, with: [6, 1])
        let data = JSONValue.array([.string(Base64.encode(bytes.span)), .string("base64")])
        let owner = JSONMember("owner", .string(AnswerTests.programs[0]))
        let facts = try #require(try MintFacts(account: .object([owner, JSONMember("data", data)])))
        #expect(facts.wholeTokens(amount) == text)
    }
}
