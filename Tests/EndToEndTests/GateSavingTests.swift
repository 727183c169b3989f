import JSON
import StoaTesting
import Testing

@Suite("Rooms with gates")
struct GateSavingTests {
    @Test("a gate is shown wherever a room is: made, read, listed, joined, changed (CONTRACT 3, 6)")
    func shown() async throws {
        let bench = try await GateBench()
        let made = try await bench.call(
            "u_owner", "POST", "/api/v1/rooms", #"{"name":"A",\#(bench.token(10))}"#)
        #expect(made.status == 201, "\(made.text)")
        let room = try #require(made.json?["id"]?.string)
        let member = try await bench.member("u_owner", of: room)
        let tree = #"{"any":[{"token":{"mint":"\#(bench.mint)","min_amount":"7"}},{"role":"moderator"}]}"#
        let changed = try await bench.call(
            "u_owner", "PATCH", "/api/v1/rooms/\(room)", #"{"gate":\#(tree)}"#)
        #expect(changed.status == 200, "\(changed.text)")
        let push = try await member.push("room_updated")
        let rejoined = try await bench.client("u_owner").request("join", #""room":"\#(room)""#)
        let list = try await bench.call("u_owner", "GET", "/api/v1/rooms")
        let mine = try await bench.call("u_owner", "GET", "/api/v1/me/rooms")
        let expected = try JSONValue(parsing: tree)
        for shown in [
            changed.json, push["info"], rejoined["room"], list.json?["rooms"]?[0], mine.json?["rooms"]?[0],
        ] {
            #expect(shown?["gate"] == expected)
            #expect(shown?["type"]?.string == "token_gated")
            #expect(shown?["access_token_mint"] == .null)
        }
        #expect(made.json?["access_token_min_amount"]?.string == "10" && made.json?["gate"] == .null)
    }

    @Test("a gate that makes no sense is refused at its field, and a mint must exist")
    func refused() async throws {
        let bench = try await GateBench()
        let wallet = try await bench.ledger.wallet(lamports: 5_000_000)
        let token = #""token":{"mint":"\#(bench.mint)","min_amount":"1"}"#
        let cases: [(body: String, field: String)] = [
            (#""type":"token_gated""#, "access_token_mint"),
            (#""type":"nft_gated""#, "access_nft_collection"),
            (#""access_token_mint":"\#(bench.mint)""#, "access_token_min_amount"),
            (#""access_token_mint":"x","access_token_min_amount":"1""#, "access_token_mint"),
            (
                #""access_token_mint":"\#(bench.mint)","access_token_min_amount":"0""#,
                "access_token_min_amount"
            ),
            (#""access_token_mint":"\#(wallet)","access_token_min_amount":"1""#, "access_token_mint"),
            (#""type":"public","gate":{\#(token)}"#, "type"),
            (#""type":"private","gate":{\#(token)}"#, "type"),
            (#""type":"nft_gated","gate":{\#(token)}"#, "type"),
            (#""gate":{"all":[{\#(token)},{"role":"king"}]}"#, "gate.all[1].role"),
            (#""gate":{"not":{"token":{"mint":"\#(wallet)","min_amount":"1"}}}"#, "gate.not.token.mint"),
            (#""gate":{\#(token)},"access_nft_collection":"\#(wallet)""#, "access_nft_collection"),
        ]
        for (body, field) in cases {
            let answer = try await bench.call("u_owner", "POST", "/api/v1/rooms", #"{"name":"x",\#(body)}"#)
            #expect(answer.status == 400 && answer.code == "invalid_field", "\(body) \(answer.text)")
            #expect(answer.json?["field"]?.string == field, "\(body) \(answer.text)")
        }
    }

    @Test("a collection must exist, and its name is shown as a token's decimals are")
    func collections() async throws {
        let bench = try await GateBench()
        let collection = try await bench.ledger.createCollection("Blue Owls")
        let nothing = try await bench.ledger.wallet()
        let coin = try await bench.ledger.act("create_collection", [("interface", .string("FungibleToken"))])
        for address in [nothing, coin.string ?? ""] {
            for (body, field) in [
                (#""access_nft_collection":"\#(address)""#, "access_nft_collection"),
                (
                    #""gate":{"any":[{"role":"moderator"},{"nft":{"collection":"\#(address)"}}]}"#,
                    "gate.any[1].nft.collection"
                ),
            ] {
                let answer = try await bench.call(
                    "u_owner", "POST", "/api/v1/rooms", #"{"name":"x",\#(body)}"#)
                #expect(answer.status == 400 && answer.code == "invalid_field", "\(body) \(answer.text)")
                #expect(answer.json?["field"]?.string == field, "\(body) \(answer.text)")
            }
        }
        let room = try await bench.room(fields: #""access_nft_collection":"\#(collection)""#)
        let shown = try await bench.call("u_ann", "GET", "/api/v1/rooms/\(room)/gate")
        #expect(shown.json?["collections"]?[collection]?["name"]?.string == "Blue Owls", "\(shown.text)")
        // Nobody can say: not refused as wrong. One node without an indexer is no reason.
        let other = try await bench.ledger.createCollection()
        let body = #"{"name":"x","access_nft_collection":"\#(other)"}"#
        try await bench.fault("error")
        #expect(
            try await bench.call("u_owner", "POST", "/api/v1/rooms", body).code == "gate_unavailable")
        try await bench.ledger.fault("b", nil)
        #expect(try await bench.call("u_owner", "POST", "/api/v1/rooms", body).status == 201)
    }

    @Test("what one person has chains asked is bounded; what is no mint is remembered")
    func bounded() async throws {
        let bench = try await GateBench([
            "gates.questions": "2", "gates.cache_ms": "0", "gates.sweep_ms": "3600000",
        ])
        let rooms = "/api/v1/rooms"
        let wallet = try await bench.ledger.wallet(lamports: 5_000_000)
        let bogus =
            #"{"name":"x","access_token_mint":"\#(wallet)","access_token_min_amount":"1"}"#
        for _ in 0..<8 {
            let answer = try await bench.call("u_zoe", "POST", rooms, bogus)
            #expect(answer.code == "invalid_field", "\(answer.text)")
        }
        #expect(try await bench.ledger.calls("a").count { $0 == "getAccountInfo" } == 1)
        let room = try await bench.room(10)
        try await bench.give("u_ann", wallet: 1, 9)
        var codes: [String?] = []
        for _ in 0..<2 { codes.append(try await bench.call("u_ann", "GET", rooms + "/\(room)/gate").code) }
        // It costs two questions: what she holds, and what the mint is.
        #expect(codes == [nil, "rate_limited"])
        let refused = try await bench.refusal("u_ann", room)
        #expect(refused["code"]?.string == "rate_limited")
        #expect((refused["retry_after_ms"]?.integer ?? 0) > 0)
        let read = try await bench.call("u_ann", "GET", rooms + "/\(room)/messages")
        #expect(read.status == 429 && read.code == "rate_limited", "\(read.text)")
        let saved = try await bench.call("u_ann", "POST", rooms, #"{"name":"x",\#(bench.token(1))}"#)
        #expect(saved.status == 429 && saved.code == "rate_limited", "\(saved.text)")
        try await bench.give("u_bob", wallet: 2, 10)
        _ = try await bench.member("u_bob", of: room)
    }

    @Test("nobody opens a gated room by leaving something out; to say so opens it")
    func opened() async throws {
        let bench = try await GateBench()
        let path = "/api/v1/rooms/\(try await bench.room())"
        let emptied = try await bench.call(
            "u_owner", "PATCH", path, #"{"access_token_mint":null,"access_token_min_amount":null}"#)
        #expect(
            emptied.code == "invalid_field" && emptied.json?["field"]?.string == "type", "\(emptied.text)")
        let more = try await bench.call("u_owner", "PATCH", path, #"{"access_token_min_amount":"11"}"#)
        #expect(
            more.json?["access_token_min_amount"]?.string == "11"
                && more.json?["access_token_mint"]?.string == bench.mint)
        let opened = try await bench.call("u_owner", "PATCH", path, #"{"type":"public"}"#)
        #expect(opened.json?["type"]?.string == "public" && opened.json?["access_token_mint"] == .null)
        let gate = try await bench.call("u_anybody", "GET", path + "/gate")
        #expect(gate.json?["gate"] == .null && gate.json?["verdict"]?.string == "yes", "\(gate.text)")
    }

    @Test("a gate is shown with what its tokens are and how the asker stands to it")
    func report() async throws {
        let bench = try await GateBench()
        let room = try await bench.room(10)
        try await bench.give("u_ann", wallet: 1, 7)
        let answer = try await bench.call("u_ann", "GET", "/api/v1/rooms/\(room)/gate")
        let gate = try #require(answer.json)
        #expect(gate["verdict"]?.string == "no")
        #expect(gate["gate"]?["token"]?["mint"]?.string == bench.mint)
        #expect(gate["tokens"]?[bench.mint]?["decimals"]?.integer == 2)
        #expect(gate["tokens"]?[bench.mint]?["supply"]?.string == "7")
        let check = try #require(gate["checks"]?[0])
        #expect(check["held"]?.string == "7" && check["condition"] == gate["gate"])
        #expect((check["checked_at"]?.integer ?? 0) > 0 && check["reason"] == .null)
        let stranger = try await bench.call("u_zoe", "GET", "/api/v1/rooms/\(room)/gate")
        #expect(stranger.json?["checks"]?[0]?["held"] == .null)
    }

    @Test("without a node no room is gated by holdings, and one that was takes nobody")
    func noNode() async throws {
        let server = try await ServerProcess()
        let mint = "So11111111111111111111111111111111111111112"
        let fields = #""type":"token_gated","access_token_mint":"\#(mint)","access_token_min_amount":"1""#
        let answer = try await server.http(
            "POST", "/api/v1/rooms", #"{"name":"x",\#(fields)}"#, token: ServerProcess.token("u_owner"))
        #expect(answer.status == 503 && answer.code == "gate_unavailable", "\(answer.text)")
        let other = #"{"name":"x","gate":{"role":"moderator"}}"#
        let roles = try await server.http(
            "POST", "/api/v1/rooms", other, token: ServerProcess.token("u_owner"))
        #expect(roles.status == 201, "\(roles.text)")
    }

    @Test("a dry run tells the owner whom a gate would keep out, and changes nothing")
    func dryRun() async throws {
        let bench = try await GateBench(["gates.sweep_ms": "3600000"])
        let room = try await bench.server.room()
        let amounts: [UInt64] = [9, 10, 11]
        for (number, amount) in amounts.enumerated() {
            try await bench.give("u_\(amount)", wallet: number, amount)
            _ = try await bench.member("u_\(amount)", of: room)
        }
        _ = try await bench.member("u_none", of: room)
        let path = "/api/v1/rooms/\(room)/gate/dry-run"
        let first = try await bench.call("u_owner", "POST", path + "?limit=3", "{\(bench.token(10))}")
        #expect(first.status == 200 && first.json?["members"]?.integer == 3, "\(first.text)")
        let cursor = try #require(first.json?["cursor"]?.string)
        let rest = try await bench.call(
            "u_owner", "POST", path + "?limit=3&cursor=\(cursor)", "{\(bench.token(10))}")
        #expect(rest.json?["members"]?.integer == 1 && rest.json?["cursor"] == .null, "\(rest.text)")
        let lost = [first, rest].flatMap { $0.json?["would_lose"]?.array ?? [] }
        #expect(lost.compactMap { $0["user"]?["id"]?.string } == ["u_9", "u_none"])
        #expect(lost.first?["checks"]?[0]?["held"]?.string == "9")
        #expect(first.json?["unknown"]?.array?.isEmpty == true)
        #expect(try await bench.call("u_10", "POST", path, "{\(bench.token(10))}").status == 403)
        #expect(try await bench.call("u_9", "GET", "/api/v1/rooms/\(room)/messages").status == 200)

        try await bench.fault("server_error")
        let unclear = try await bench.call("u_owner", "POST", path, "{\(bench.token(11))}")
        #expect(
            unclear.code == "gate_unavailable" || unclear.json?["unknown"]?.array?.count == 3,
            "\(unclear.text)")
    }
}
