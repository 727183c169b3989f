import Bytes
import Gates
import JSON
import Storage
import TestRandom
import Testing

@Suite("Policies")
struct PolicyTests {
    static let mint = "So11111111111111111111111111111111111111112"
    static let system = "11111111111111111111111111111111"

    static func error(_ json: String) throws -> GatePolicyError? {
        let fields = try JSONValue(parsing: json)
        do throws(GatePolicyError) {
            _ = try GatePolicy.parse(roomFields: fields)
            return nil
        } catch {
            return error
        }
    }

    @Test("the short fields of a room are a gate of token, collection or both")
    func shortForm() throws {
        let mint = try #require(SolanaAddress(PolicyTests.mint))
        let token = #""access_token_mint":"\#(mint.text)","access_token_min_amount":"18446744073709551615""#
        let item = #""access_nft_collection":"\#(mint.text)""#
        let parse = { (json: String) in try GatePolicy.parse(roomFields: try JSONValue(parsing: json)) }
        #expect(try parse("{\(token)}") == .token(mint, minimum: .max))
        #expect(try parse("{\(item)}") == .collection(mint))
        #expect(try parse("{\(token),\(item)}") == .all([.token(mint, minimum: .max), .collection(mint)]))
        #expect(try parse(#"{"name":"x","gate":null}"#) == nil)
    }

    static let refused: [(json: String, field: String, reason: GatePolicyError.Reason)] = [
        (#"{"gate":[]}"#, "gate", .notACondition), (#"{"gate":{}}"#, "gate", .notACondition),
        (#"{"gate":{"email":"x"}}"#, "gate", .notACondition),
        (#"{"gate":{"role":"owner","invitation":true}}"#, "gate", .notACondition),
        (#"{"gate":{"role":"king"}}"#, "gate.role", .notARole),
        (#"{"gate":{"invitation":false}}"#, "gate.invitation", .notTrue),
        (#"{"gate":{"any":[]}}"#, "gate.any", .notAList),
        (#"{"gate":{"all":[{"role":"owner"},{"not":{"role":1}}]}}"#, "gate.all[1].not.role", .notARole),
        (
            #"{"gate":{"token":{"mint":"\#(mint)"}}}"#, "gate.token",
            .members(expected: ["mint", "min_amount"], given: ["mint"])
        ),
        (#"{"gate":{"token":{"mint":"x","min_amount":"1"}}}"#, "gate.token.mint", .notAnAddress),
        (
            #"{"gate":{"nft":{"collection":"\#(mint)","x":1}}}"#, "gate.nft",
            .members(expected: ["collection"], given: ["collection", "x"])
        ),
        (#"{"gate":{"nft":{"collection":"\#(system)1"}}}"#, "gate.nft.collection", .notAnAddress),
        (#"{"gate":{"wallets":["\#(mint)","\#(mint)"]}}"#, "gate.wallets", .notAList),
        (#"{"gate":{"not":{"not":{"not":{"role":"owner"}}}}}"#, "", .tooMuch),
        (#"{"gate":{"not":{"not":{"not":{"not":{"role":"owner"}}}}}}"#, "gate.not.not.not.not", .tooMuch),
        (
            #"{"access_token_mint":"\#(mint)"}"#, "access_token_min_amount",
            .needed(beside: "access_token_mint")
        ),
        (
            #"{"access_token_min_amount":"1"}"#, "access_token_mint",
            .needed(beside: "access_token_min_amount")
        ),
        (#"{"gate":{"role":"owner"},"access_nft_collection":"x"}"#, "access_nft_collection", .twoGates),
    ]

    @Test("a gate that is none is refused with the field and the reason", arguments: refused)
    func refuses(json: String, field: String, reason: GatePolicyError.Reason) throws {
        let error = try PolicyTests.error(json)
        #expect(error == (field.isEmpty ? nil : GatePolicyError(field, reason)))
    }

    @Test(
        "an amount is a string of digits within 64 bits, written in the one way",
        arguments: [
            #""0""#, #""01""#, #""-1""#, #""+1""#, #""1.0""#, #""1e3""#, #""""#, #""18446744073709551616""#,
            "1",
        ])
    func amounts(amount: String) throws {
        let error = try PolicyTests.error(#"{"gate":{"native":{"min_amount":\#(amount)}}}"#)
        #expect(error == GatePolicyError("gate.native.min_amount", .notAnAmount))
    }

    @Test("conditions and listed wallets are bounded over the whole tree")
    func bounds() throws {
        func gate(_ count: Int) -> String {
            let parts = Array(repeating: #"{"role":"owner"}"#, count: count).joined(separator: ",")
            return #"{"gate":{"all":[{"any":[\#(parts)]},{"any":[\#(parts)]}]}}"#
        }
        #expect(try PolicyTests.error(gate(8)) == nil)
        #expect(try PolicyTests.error(gate(9)) == GatePolicyError("gate", .tooMuch))
        #expect(try PolicyTests.error(gate(17)) == GatePolicyError("gate.all[0].any", .tooMuch))
    }

    @Test("a report says what is missing, what was held and when that was read")
    func report() throws {
        let (mint, wallet) = (
            try #require(SolanaAddress(PolicyTests.mint)), try #require(SolanaAddress(PolicyTests.system))
        )
        let policy = GatePolicy.all([.not(.role(.moderator)), .token(mint, minimum: 100)])
        var facts = GateFacts(wallets: [])
        #expect(GateReport(policy, facts).refusal == .walletRequired)
        facts.wallets = [.solana(wallet)]
        #expect(GateReport(policy, facts).refusal == .unavailable)
        let query = HoldingQuery(wallet, .token(mint))
        let moment = Timestamp(milliseconds: 7)
        facts.readings[query] = TimedReading(.unknown(.timeout), checkedAt: moment)
        #expect(GateReport(policy, facts).checks.last?.reason == .timeout)
        facts.readings[query] = TimedReading(.holds(99, slot: 5), checkedAt: moment)
        let report = GateReport(policy, facts)
        #expect(report.refusal == .tokenBalance)
        #expect(report.checks.last?.held == 99)
        #expect(report.checks.last?.checkedAt == moment)
        facts.readings[query] = TimedReading(.holds(100, slot: 5), checkedAt: moment)
        #expect(GateReport(policy, facts).refusal == nil)
        facts.role = .owner
        #expect(GateReport(policy, facts).refusal == .forbidden)
    }
}
