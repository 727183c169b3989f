import JSON
import StoaTesting
import Testing

@Suite("Joining through a gate")
struct GateJoinTests {
    @Test(
        "who holds enough comes in; who does not is told what is required, what is held, when that was read")
    func holders() async throws {
        let bench = try await GateBench()
        let room = try await bench.room(10)
        try await bench.give("u_ann", wallet: 1, 10)
        try await bench.give("u_bob", wallet: 2, 9)

        let ann = try await bench.member("u_ann", of: room)
        let poor = try await bench.refusal("u_bob", room)
        #expect(poor["code"]?.string == "gate_token_balance")
        let check = try #require(poor["details"]?["checks"]?[0])
        #expect(poor["details"]?["verdict"]?.string == "no" && check["verdict"]?.string == "no")
        #expect(check["held"]?.string == "9" && check["condition"]?["token"]?["min_amount"]?.string == "10")
        #expect(try await bench.refusal("u_zoe", room)["code"]?.string == "wallet_required")
        // The owner is exempt from the gate.
        _ = try await bench.member("u_owner", of: room)
        let joined = try await ann.push("user_joined")
        #expect(joined["user"]?["id"]?.string == "u_owner")
    }

    @Test("reading and posting over HTTP needs the gate's yes as joining does (CONTRACT 3)")
    func overHTTP() async throws {
        let bench = try await GateBench()
        let room = try await bench.room(10)
        try await bench.give("u_ann", wallet: 1, 10)
        try await bench.give("u_bob", wallet: 2, 9)
        let path = "/api/v1/rooms/\(room)"
        for (user, isIn) in [("u_ann", true), ("u_bob", false)] {
            let post = try await bench.call(user, "POST", path + "/messages", #"{"content":"hello"}"#)
            #expect(isIn ? post.status == 201 : post.code == "gate_token_balance", "\(post.text)")
            for part in ["/messages", "/messages?query=hello", "/pins", "/members"] {
                let answer = try await bench.call(user, "GET", path + part)
                #expect(isIn ? answer.status == 200 : answer.status == 403, "\(part) \(answer.text)")
            }
        }
    }

    @Test("an item of the collection opens the gate, also one that the client points at")
    func items() async throws {
        let bench = try await GateBench()
        let collection = try await bench.ledger.createCollection()
        let room = try await bench.room(
            fields: #""type":"nft_gated","access_nft_collection":"\#(collection)""#)
        let ann = try await bench.give("u_ann", wallet: 1, 0)
        let bob = try await bench.give("u_bob", wallet: 2, 0)
        let asset = try await bench.ledger.createAsset(owner: ann.solana, collection: collection)
        _ = try await bench.ledger.createAsset(owner: bob.solana, collection: collection, verified: false)
        _ = try await bench.member("u_ann", of: room, #","asset":"\#(asset)""#)
        let methods = try await bench.ledger.calls("a")
        // Once for the room, once for the join.
        #expect(methods.count { $0 == "getAsset" } == 2 && !methods.contains("searchAssets"))
        #expect(try await bench.refusal("u_bob", room)["code"]?.string == "gate_nft_missing")
    }

    @Test("an invitation opens a gate that asks for one, and no other")
    func invited() async throws {
        let bench = try await GateBench()
        let tree = #"{"any":[{"token":{"mint":"\#(bench.mint)","min_amount":"10"}},{"invitation":true}]}"#
        let (open, closed) = (try await bench.room(fields: #""gate":\#(tree)"#), try await bench.room(10))
        for (room, opens) in [(open, true), (closed, false)] {
            let made = try await bench.call("u_owner", "POST", "/api/v1/rooms/\(room)/invitations", "{}")
            let code = try #require(made.json?["code"]?.string)
            let member = #","invitation":"\#(code)""#
            if opens {
                _ = try await bench.member("u_ann", of: room, member)
            } else {
                #expect(try await bench.refusal("u_ann", room, member)["code"]?.string == "wallet_required")
            }
        }
    }

    @Test(
        "while nobody can say, nobody new comes in; who held enough within the grace does, also after a restart"
    )
    func unknown() async throws {
        // No sweep: what is remembered is the join's own reading.
        let bench = try await GateBench(["gates.sweep_ms": "3600000"])
        let room = try await bench.room(10)
        try await bench.give("u_ann", wallet: 1, 10)
        try await bench.give("u_bob", wallet: 2, 10)
        _ = try await bench.member("u_ann", of: room)
        try await bench.fault("server_error")
        for _ in 0..<2 {
            let refused = try await bench.refusal("u_bob", room)
            #expect(refused["code"]?.string == "gate_unavailable")
            #expect((refused["retry_after_ms"]?.integer ?? 0) > 0)
            #expect(refused["details"]?["checks"]?[0]?["verdict"]?.string == "unknown")
            _ = try await bench.member("u_ann", of: room)
            bench.server.kill()
            _ = await bench.server.exitStatus()
            try await bench.server.start()
        }
    }

    @Test("others join while a gate waits for its chain")
    func othersGoOn() async throws {
        let bench = try await GateBench(["gates.timeout_ms": "60000", "gates.sweep_ms": "3600000"])
        let room = try await bench.room(10)
        try await bench.give("u_ann", wallet: 1, 10)
        try await bench.fault("timeout")
        let slow = try await bench.client("u_ann")
        slow.send(#"{"type":"join","id":"slow","room":"\#(room)"}"#)
        _ = try await bench.member("u_owner", of: room)
        #expect(slow.log.allSatisfy { $0["id"]?.string != "slow" })
        try await bench.fault(nil)
    }

    @Test("owners and moderators behind a gate take no seats")
    func seats() async throws {
        let bench = try await GateBench()
        let room = try await bench.room(fields: bench.token(10) + #","max_participants":1"#)
        for (number, user) in ["u_mod", "u_ann", "u_bob"].enumerated() {
            try await bench.give(user, wallet: number, 10)
        }
        let moderator = try await bench.member("u_mod", of: room)
        let made = try await bench.call(
            "u_owner", "PUT", "/api/v1/rooms/\(room)/members/u_mod", #"{"role":"moderator"}"#)
        #expect(made.status == 204)
        _ = try await moderator.push("role_updated")
        let inside = [try await bench.member("u_owner", of: room), try await bench.member("u_ann", of: room)]
        #expect(try await bench.refusal("u_bob", room)["code"]?.string == "room_full")
        // Gone with their connections, they would have left a seat.
        withExtendedLifetime((moderator, inside)) {}
    }
}
