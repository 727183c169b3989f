import JSON
import StoaTesting
import Testing

@Suite("Staying behind a gate")
struct GateStayTests {
    @Test("who sells is out on all connections, once for the others, who talk on; other rooms go on (A8)")
    func sold() async throws {
        let bench = try await GateBench()
        let (room, open) = (try await bench.room(10), try await bench.server.room())
        let wallet = try await bench.give("u_ann", wallet: 1, 10)
        try await bench.give("u_bob", wallet: 2, 10)
        let clients = [try await bench.member("u_ann", of: room), try await bench.member("u_ann", of: room)]
        let bob = try await bench.member("u_bob", of: room)
        for client in clients { try await client.request("join", #""room":"\#(open)""#) }

        try await bench.sell(wallet, 1)
        for client in clients {
            let left = try await client.push("left")
            #expect(
                left["room"]?.string == room && left["reason"]?.string == "gate_lost" && left["id"] == nil)
        }
        _ = try await bob.push("user_left") { $0["user"]?["id"]?.string == "u_ann" }
        let sent = try await bob.request("chat_message", #""room":"\#(room)","content":"still here""#)
        #expect(sent["type"]?.string == "ack")
        #expect(bob.log.allSatisfy { $0["type"]?.string != "user_left" })
        try await clients[0].request("chat_message", #""room":"\#(open)","content":"elsewhere""#)
        #expect(try await bench.rooms(of: "u_ann") == [open])
        let history = try await bench.call("u_ann", "GET", "/api/v1/rooms/\(room)/messages")
        #expect(history.code == "gate_token_balance")
        await #expect(throws: Refused.self) {
            try await clients[1].request("history", #""room":"\#(room)""#)
        }
        // Bought again, and welcome again.
        try await bench.ledger.mint(bench.mint, to: wallet.solana, 1)
        try await clients[0].request("join", #""room":"\#(room)""#)
    }

    @Test("tokens moved to another account or wallet of the same person take nobody out")
    func moved() async throws {
        let bench = try await GateBench()
        let room = try await bench.room(10)
        let first = try await bench.give("u_ann", wallet: 1, 10)
        let second = try await bench.give("u_ann", wallet: 2, 0)
        let ann = try await bench.member("u_ann", of: room)
        try await bench.ledger.transfer(bench.mint, from: first.solana, to: second.solana, 10)
        try await bench.sweeps(3)
        #expect(ann.log.allSatisfy { $0["type"]?.string != "left" })
        #expect(try await bench.rooms(of: "u_ann") == [room])
    }

    @Test("an item that is sold takes its seller out, also where it was only pointed at")
    func itemSold() async throws {
        let bench = try await GateBench()
        let collection = try await bench.ledger.createCollection()
        let room = try await bench.room(
            fields: #""type":"nft_gated","access_nft_collection":"\#(collection)""#)
        let wallet = try await bench.give("u_ann", wallet: 1, 0)
        let asset = try await bench.ledger.createAsset(owner: wallet.solana, collection: collection)
        let ann = try await bench.member("u_ann", of: room, #","asset":"\#(asset)""#)
        let buyer = try await bench.ledger.wallet()
        try await bench.ledger.act("change_asset", [("asset", .string(asset)), ("owner", .string(buyer))])
        #expect(try await ann.push("left")["reason"]?.string == "gate_lost")
    }

    @Test("a stricter gate is asked about everybody at once")
    func stricter() async throws {
        let bench = try await GateBench(["gates.sweep_ms": "3600000"])
        let room = try await bench.room(10)
        try await bench.give("u_ann", wallet: 1, 10)
        try await bench.give("u_bob", wallet: 2, 50)
        let ann = try await bench.member("u_ann", of: room)
        let bob = try await bench.member("u_bob", of: room)
        let answer = try await bench.call(
            "u_owner", "PATCH", "/api/v1/rooms/\(room)", #"{"access_token_min_amount":"50"}"#)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(try await ann.push("left")["reason"]?.string == "gate_lost")
        _ = try await bob.push("user_left")
        #expect(bob.log.allSatisfy { $0["type"]?.string != "left" })
    }

    @Test("a wallet that is taken off takes its person out at once, without a chain")
    func unlinked() async throws {
        let bench = try await GateBench(["gates.sweep_ms": "3600000"])
        let room = try await bench.room(10)
        let wallet = try await bench.give("u_ann", wallet: 1, 10)
        let ann = try await bench.member("u_ann", of: room)
        try await bench.fault("server_error")
        let token = ServerProcess.token("u_ann")
        let text = try await WalletFlow.text(bench.server, wallet, "unlink", token: token)
        let answer = try await bench.server.http(
            "DELETE", "/api/v1/auth/wallets", WalletFlow.proof(wallet, Array(text.utf8)), token: token,
            headers: WalletFlow.page)
        #expect(answer.status == 204, "\(answer.text)")
        #expect(try await ann.push("left")["reason"]?.string == "gate_lost")
    }

    @Test("a role that a gate asks for counts while it lasts")
    func roleLost() async throws {
        let bench = try await GateBench(["gates.sweep_ms": "3600000"])
        let tree = #"{"any":[{"token":{"mint":"\#(bench.mint)","min_amount":"10"}},{"role":"moderator"}]}"#
        let room = try await bench.room(fields: #""gate":\#(tree)"#)
        let wallet = try await bench.give("u_ann", wallet: 1, 10)
        let ann = try await bench.member("u_ann", of: room)
        let path = "/api/v1/rooms/\(room)/members/u_ann"
        #expect(try await bench.call("u_owner", "PUT", path, #"{"role":"moderator"}"#).status == 204)
        try await bench.sell(wallet, 10)
        let check = try await bench.call("u_ann", "POST", "/api/v1/rooms/\(room)/gate/check")
        #expect(check.json?["verdict"]?.string == "yes", "\(check.text)")
        #expect(try await bench.call("u_owner", "PUT", path, #"{"role":"member"}"#).status == 204)
        #expect(try await ann.push("left")["reason"]?.string == "gate_lost")
    }

    @Test("nobody leaves while nodes fail, until the grace is over: then told, then out, and still a member")
    func unverified() async throws {
        let bench = try await GateBench(["gates.grace_ms": "1500"])
        let room = try await bench.room(10)
        try await bench.give("u_ann", wallet: 1, 10)
        let ann = try await bench.member("u_ann", of: room)
        try await bench.fault("html")
        let notice = try await ann.push("error")
        #expect(notice["code"]?.string == "gate_unverified" && notice["room"]?.string == room)
        #expect((notice["retry_after_ms"]?.integer ?? 0) > 0)
        let left = try await ann.push("left")
        #expect(left["reason"]?.string == "gate_unverified")
        #expect(ann.log.allSatisfy { $0["type"]?.string != "error" })
        #expect(try await bench.rooms(of: "u_ann") == [room])
        #expect(try await bench.refusal("u_ann", room)["code"]?.string == "gate_unavailable")
        try await bench.fault(nil)
        // The nodes are spared for a while after they failed.
        try await bench.returns("u_ann", to: room)
    }

    @Test(
        "whom nobody has seen to hold what a new gate asks for stays for the grace, but reads nothing of before"
    )
    func newGateUnseen() async throws {
        let bench = try await GateBench(["gates.sweep_ms": "3600000", "gates.cache_ms": "600000"])
        try await bench.give("u_ann", wallet: 1, 10)
        // What the token is, is known from here on.
        _ = try await bench.room(10)
        let room = try await bench.server.room()
        let ann = try await bench.member("u_ann", of: room)
        let owner = try await bench.member("u_owner", of: room)
        let said = #""room":"\#(room)""#
        try await ann.request("history", said)
        try await bench.fault("server_error")
        let path = "/api/v1/rooms/\(room)"
        let changed = try await bench.call("u_owner", "PATCH", path, "{\(bench.token(10))}")
        #expect(changed.status == 200, "\(changed.text)")
        _ = try await ann.push("room_updated")
        for (type, more) in [("history", ""), ("search", #","query":"hello""#)] {
            let refused = await #expect(throws: Refused.self) { try await ann.request(type, said + more) }
            #expect(refused?.code == "gate_unavailable", "\(type)")
            try await owner.request(type, said + more)
        }
        for part in ["/messages", "/messages?query=hello", "/pins"] {
            let answer = try await bench.call("u_ann", "GET", path + part)
            #expect(answer.code == "gate_unavailable", "\(part) \(answer.text)")
        }
        // Talk goes on.
        try await owner.request("chat_message", said + #","content":"still here""#)
        _ = try await ann.push("new_message")
        try await bench.fault(nil)
        try await bench.until {
            do {
                try await ann.request("history", said)
                return true
            } catch is Refused {
                return false
            }
        }
        await bench.server.stop()
    }

    @Test("who owns the room by their token is exempt while the token says so")
    func tokenOwner() async throws {
        let bench = try await GateBench(["gates.sweep_ms": "100"])
        let room = try await bench.room(10)
        try await bench.give("u_ann", wallet: 1, 10)
        var grant = ServerProcess.grant("u_boss")
        grant.rooms = [room: "owner"]
        let boss = try await TestClient(bench.server, token: ServerProcess.sign(grant))
        try await boss.request("join", #""room":"\#(room)""#)
        let ann = try await bench.member("u_ann", of: room)
        try await bench.sweeps(3)
        #expect(boss.log.allSatisfy { $0["type"]?.string != "left" })
        #expect(try await bench.refusal("u_boss", room)["code"]?.string == "wallet_required")
        #expect(try await boss.push("left")["reason"]?.string == "gate_lost")
        withExtendedLifetime(ann) {}
    }

    @Test("who is away loses the membership too")
    func away() async throws {
        let bench = try await GateBench()
        let room = try await bench.room(10)
        let wallet = try await bench.give("u_ann", wallet: 1, 10)
        let ann = try await bench.member("u_ann", of: room)
        ann.cut()
        let owner = try await bench.client("u_owner")
        try await owner.request("join", #""room":"\#(room)""#)
        try await bench.sell(wallet, 1)
        try await bench.until { try await bench.rooms(of: "u_ann").isEmpty }
    }

    @Test("who is a member by their token's role stays one while away, and is judged when they come")
    func awayByClaim() async throws {
        let bench = try await GateBench()
        let room = try await bench.room(fields: #""gate":{"role":"moderator"}"#)
        // What sweeps look at, so that they can be counted.
        let other = try await bench.room(10)
        try await bench.give("u_bob", wallet: 1, 10)
        let bob = try await bench.member("u_bob", of: other)
        var grant = ServerProcess.grant("u_mod")
        grant.rooms = [room: "moderator"]
        let lent = ServerProcess.sign(grant)
        for _ in 0..<2 {
            let away = try await TestClient(bench.server, token: lent)
            try await away.request("join", #""room":"\#(room)""#)
            try await away.request("leave", #""room":"\#(room)""#)
            away.cut()
            try await bench.sweeps(3)
            #expect(try await bench.rooms(of: "u_mod") == [room])
            // Nobody remembers live tokens over this.
            bench.server.kill()
            _ = await bench.server.exitStatus()
            try await bench.server.start()
            try await bench.sweeps(2)
            #expect(try await bench.rooms(of: "u_mod") == [room])
        }
        #expect(try await bench.refusal("u_mod", room)["code"]?.string == "forbidden")
        try await bench.until { try await bench.rooms(of: "u_mod").isEmpty }
        withExtendedLifetime(bob) {}
    }

    @Test("looking again is rate-limited, and finds a loss at once")
    func checkAgain() async throws {
        let bench = try await GateBench([
            "gates.sweep_ms": "3600000", "gates.checks": "2", "gates.cache_ms": "60000",
        ])
        let room = try await bench.room(10)
        let wallet = try await bench.give("u_ann", wallet: 1, 9)
        let path = "/api/v1/rooms/\(room)/gate/check"
        #expect(try await bench.refusal("u_ann", room)["code"]?.string == "gate_token_balance")
        try await bench.ledger.mint(bench.mint, to: wallet.solana, 1)
        #expect(try await bench.refusal("u_ann", room)["code"]?.string == "gate_token_balance")
        #expect(try await bench.call("u_ann", "POST", path).json?["verdict"]?.string == "yes")
        let ann = try await bench.member("u_ann", of: room)
        try await bench.sell(wallet, 1)
        #expect(try await bench.call("u_ann", "POST", path).json?["verdict"]?.string == "no")
        #expect(try await ann.push("left")["reason"]?.string == "gate_lost")
        let refused = try await bench.call("u_ann", "POST", path)
        #expect(refused.status == 429 && refused.code == "rate_limited")
    }
}

extension GateBench {
    /// Waits until nodes have been asked by so many further sweeps.
    func sweeps(_ count: Int) async throws {
        let start = try await ledger.calls("a").count { $0 == "getMultipleAccounts" }
        try await until { try await ledger.calls("a").count { $0 == "getMultipleAccounts" } >= start + count }
    }

    /// Comes back as soon as the gate lets them.
    func returns(_ user: String, to room: String) async throws {
        try await until {
            do {
                _ = try await member(user, of: room)
                return true
            } catch is Refused {
                return false
            }
        }
    }

    /// Waits for something that can only be looked for.
    func until(within seconds: Double = 30, _ holds: () async throws -> Bool) async throws {
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: .seconds(seconds))
        while try await !holds() {
            guard clock.now < deadline else { throw TestFailure("it does not come about") }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
