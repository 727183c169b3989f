import Bytes
import Gates
import JSON
import Testing

@Suite("Answers of nodes")
struct AnswerTests {
    static let programs = [
        "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb",
    ]
    static let wallet = String(repeating: "1", count: 31) + "2"
    static let mint = String(repeating: "1", count: 31) + "3"

    static func account(
        _ name: String, program: String = programs[0], owner: UInt8 = 1, mint: UInt8 = 2, state: UInt8 = 1,
        length: Int = 129
    ) -> JSONValue {
        var bytes = [UInt8](repeating: 0, count: 31) + [mint]
        bytes += [UInt8](repeating: 0, count: 31) + [owner] + [UInt8](repeating: 255, count: 8)
        bytes += [UInt8](repeating: 0, count: 36) + [state] + [UInt8](repeating: 0, count: 20)
        let text = Base64.encode(Array(bytes.prefix(length)).span)
        let data = JSONValue.array([.string(text), .string("base64")])
        let account = JSONValue.object([JSONMember("owner", .string(program)), JSONMember("data", data)])
        return .object([JSONMember("pubkey", .string(name)), JSONMember("account", account)])
    }

    static func sum(_ accounts: [JSONValue]) throws(UnknownReason) -> UInt128 {
        guard let wallet = SolanaAddress(wallet), let mint = SolanaAddress(mint) else { throw .malformed }
        let reader = TokenAccounts(wallet: wallet, mint: mint, countsFrozen: true, countsDelegated: true)
        return try reader.sum(.array(accounts))
    }

    @Test("a sum goes beyond 64 bits")
    func wide() throws {
        let accounts = ["a", "b", "c"].map { AnswerTests.account($0, program: AnswerTests.programs[1]) }
        #expect(try AnswerTests.sum(accounts) == 3 * UInt128(UInt64.max))
        #expect(try AnswerTests.sum([]) == 0)
    }

    static let wrong: [(account: JSONValue, reason: UnknownReason)] = [
        (account("a", owner: 9), .contradictory), (account("a", mint: 9), .contradictory),
        (account("good"), .contradictory), (account("a", program: wallet), .contradictory),
        (account("a", state: 0), .malformed), (account("a", state: 3), .malformed),
        (account("a", length: 128), .malformed), (.null, .malformed), (.object([]), .malformed),
    ]

    @Test("one account that cannot be of the question spoils the whole answer", arguments: wrong)
    func spoils(account: JSONValue, reason: UnknownReason) {
        #expect(throws: reason) { try AnswerTests.sum([AnswerTests.account("good"), account]) }
    }

    @Test("an item that does not say whether its collection knows it makes the answer unknown")
    func unmarked() throws {
        let (wallet, collection) = (
            try #require(SolanaAddress(AnswerTests.wallet)), try #require(SolanaAddress(AnswerTests.mint))
        )
        let item = #"{"interface":"V1_NFT","id":"x","burnt":false,"ownership":{"owner":"\#(wallet.text)"},"#
        let group = #"[{"group_key":"collection","group_value":"\#(collection.text)"}]"#
        let page = try JSONValue(parsing: #"{"items":["# + item + #""grouping":\#(group)}]}"#)
        let items = CollectionItems(wallet: wallet, collection: collection)
        #expect(throws: UnknownReason.malformed) { try items.page(page, limit: 10) }
    }
}
