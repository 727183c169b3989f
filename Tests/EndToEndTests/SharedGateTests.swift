import JSON
import StoaTesting
import Testing

@Suite("Gates of several servers over one store", .timeLimit(.minutes(5)))
struct SharedGateTests {
    @Test("of three servers one asks about everybody, wherever they are (A8, A13)")
    func oneSweeps() async throws {
        let shared = try await SharedGateBench(3)
        let room = try await shared.benches[0].room(10)
        var members: [TestClient] = []
        for (place, bench) in shared.benches.enumerated() {
            try await bench.give("u_\(place)", wallet: place + 1, 10)
            members.append(try await bench.member("u_\(place)", of: room))
        }
        let sweeper = try await shared.sweeper()
        try await shared.sweeps(2, by: sweeper)
        let others = [0, 1, 2].filter { $0 != sweeper }
        var before: [[String]] = []
        for place in others { before.append(try await shared.calls(place)) }
        let swept = try await shared.calls(sweeper)
        try await shared.sweeps(10, by: sweeper)
        for (place, calls) in zip(others, before) { #expect(try await shared.calls(place) == calls) }
        // And of its own questions none is about somebody alone.
        let further = try await shared.calls(sweeper).dropFirst(swept.count)
        #expect(Set(further) == ["getMultipleAccounts"])
        #expect(try await shared.sweepers() == [sweeper])
        #expect(members.allSatisfy { $0.log.allSatisfy { $0["type"]?.string != "left" } })
    }

    @Test("when the one that sweeps is killed another one does")
    func killed() async throws {
        let shared = try await SharedGateBench(3)
        let room = try await shared.benches[0].room(10)
        let first = try await shared.sweeper()
        shared.benches[first].server.kill()
        let bench = shared.benches[(first + 1) % 3]
        let wallet = try await bench.give("u_ann", wallet: 1, 10)
        let ann = try await bench.member("u_ann", of: room)
        let second = try await shared.sweeper(insteadOf: first)
        try await shared.sweeps(1, by: second)
        // One that ends in order leaves it to the next without waiting.
        let third = try #require([0, 1, 2].first { $0 != first && $0 != second })
        if bench.server !== shared.benches[second].server {
            await shared.benches[second].server.stop()
            #expect(try await shared.sweeper(insteadOf: second) == third)
        }
        try await bench.sell(wallet, 1)
        #expect(try await ann.push("left")["reason"]?.string == "gate_lost")
    }

    @Test("while Redis is away each server sweeps, then one again")
    func withoutRedis() async throws {
        let shared = try await SharedGateBench(2)
        let room = try await shared.benches[0].room(10)
        _ = try await shared.sweeper()
        var members: [(client: TestClient, bench: GateBench)] = []
        for (place, bench) in shared.benches.enumerated() {
            try await bench.give("u_\(place)", wallet: place + 1, 10)
            members.append((try await bench.member("u_\(place)", of: room), bench))
        }
        shared.redis.kill()
        try await eventually("both sweep", within: 30) { try await shared.sweepers() == [0, 1] }
        for place in 0..<2 { try await shared.sweeps(2, by: place) }
        try await shared.redis.start()
        _ = try await shared.sweeper()
        #expect(members.allSatisfy { $0.client.log.allSatisfy { $0["type"]?.string != "left" } })
    }

    @Test("who sells is put out at every server, once, and the record has it once")
    func sold() async throws {
        let shared = try await SharedGateBench(3)
        let room = try await shared.benches[0].room(10)
        let wallet = try await shared.benches[0].give("u_ann", wallet: 1, 10)
        try await shared.benches[1].give("u_bob", wallet: 2, 10)
        var anns: [TestClient] = []
        for bench in shared.benches { anns.append(try await bench.member("u_ann", of: room)) }
        let bob = try await shared.benches[1].member("u_bob", of: room)
        let sweeper = try await shared.sweeper()
        try await shared.sweeps(1, by: sweeper)
        try await shared.benches[0].sell(wallet, 1)
        for ann in anns {
            let left = try await ann.push("left")
            #expect(left["reason"]?.string == "gate_lost" && left["room"]?.string == room)
        }
        _ = try await bob.push("user_left") { $0["user"]?["id"]?.string == "u_ann" }
        try await shared.sweeps(3, by: sweeper)
        #expect((anns + [bob]).allSatisfy { $0.log.allSatisfy { $0["type"]?.string != "left" } })
        #expect(bob.log.allSatisfy { $0["type"]?.string != "user_left" })
        let record = try await shared.benches[2].call("u_owner", "GET", "/api/v1/rooms/\(room)/audit")
        let lost = (record.json?["entries"]?.array ?? []).count { $0["action"]?.string == "member.gate_lost" }
        #expect(lost == 1, "\(record.text)")
    }

    @Test("who holds stays beyond the grace at a server that never sweeps and whose nodes fail")
    func holds() async throws {
        let shared = try await SharedGateBench(2, ["gates.grace_ms": "2000", "gates.sweep_ms": "100"])
        let room = try await shared.benches[0].room(10)
        let sweeper = try await shared.sweeper()
        let bench = shared.benches[1 - sweeper]
        try await bench.give("u_ann", wallet: 1, 10)
        let ann = try await bench.member("u_ann", of: room)
        try await shared.sweeps(1, by: sweeper)
        try await shared.fault("server_error", at: 1 - sweeper)
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: .milliseconds(2500))
        let path = "/api/v1/rooms/\(room)"
        var turn = 0
        while turn < 4 || clock.now < end {
            try await shared.sweeps(2, by: sweeper)
            // Has this server look at her, which cannot say.
            let role = turn.isMultiple(of: 2) ? "moderator" : "member"
            turn += 1
            let changed = try await bench.call(
                "u_owner", "PUT", "\(path)/members/u_ann", #"{"role":"\#(role)"}"#)
            #expect(changed.status == 204, "\(changed.text)")
            _ = try await ann.push("role_updated")
            let history = try await bench.call("u_ann", "GET", "\(path)/messages")
            #expect(history.status == 200, "\(history.text)")
        }
        #expect(ann.log.allSatisfy { !["left", "error"].contains($0["type"]?.string) })
        // She comes back by what the other has seen.
        ann.cut()
        _ = try await bench.member("u_ann", of: room)
        #expect(try await shared.sweepers() == [sweeper])
    }

    @Test("a server whose nodes all fail leaves the sweeps to another, and nobody is put out")
    func blindSweeper() async throws {
        let shared = try await SharedGateBench(2, ["gates.grace_ms": "4000"])
        let room = try await shared.benches[0].room(10)
        let blind = try await shared.sweeper()
        let (bench, other) = (shared.benches[blind], 1 - blind)
        let wallet = try await bench.give("u_ann", wallet: 1, 10)
        let ann = try await bench.member("u_ann", of: room)
        try await shared.fault("server_error", at: blind)
        try await shared.sweeps(5, by: other)
        #expect(ann.log.allSatisfy { $0["type"]?.string != "left" })
        try await bench.sell(wallet, 1)
        #expect(try await ann.push("left")["reason"]?.string == "gate_lost")
    }

    @Test("while no node can say, a member is told once at each connection, and put out at all of them")
    func unverified() async throws {
        let shared = try await SharedGateBench(2, ["gates.grace_ms": "2000"])
        let room = try await shared.benches[0].room(10)
        try await shared.benches[0].give("u_ann", wallet: 1, 10)
        var clients: [TestClient] = []
        for bench in shared.benches { clients.append(try await bench.member("u_ann", of: room)) }
        for place in 0..<2 { try await shared.fault("html", at: place) }
        for client in clients {
            let notice = try await client.push("error")
            #expect(notice["code"]?.string == "gate_unverified" && notice["room"]?.string == room)
            #expect(try await client.push("left")["reason"]?.string == "gate_unverified")
            #expect(client.log.allSatisfy { $0["type"]?.string != "error" })
        }
        #expect(try await shared.benches[1].rooms(of: "u_ann") == [room])
        let refused = try await shared.benches[1].refusal("u_ann", room)
        #expect(refused["code"]?.string == "gate_unavailable")
    }

    @Test("who is in by a role of their token stays, whoever sweeps, and is judged when they come")
    func byClaim() async throws {
        let shared = try await SharedGateBench(2, ["gates.grace_ms": "4000"])
        let bench = shared.benches[0]
        let room = try await bench.room(fields: #""gate":{"role":"moderator"}"#)
        let held = try await bench.room(10)
        let sweeper = try await shared.sweeper()
        let place = 1 - sweeper
        // What sweeps look at, so that they can be counted.
        try await bench.give("u_bob", wallet: 1, 10)
        let bob = try await bench.member("u_bob", of: held)
        var grant = ServerProcess.grant("u_mod")
        grant.rooms = [room: "moderator", held: "owner"]
        let away = try await TestClient(shared.benches[place].server, token: ServerProcess.sign(grant))
        for room in [room, held] { try await away.request("join", #""room":"\#(room)""#) }
        try await shared.sweeps(20, by: sweeper)
        #expect(away.log.allSatisfy { $0["type"]?.string != "left" })
        func verdict() async throws -> String? {
            let answer = try await bench.call("u_mod", "GET", "/api/v1/me/rooms")
            let listed = answer.json?["rooms"]?.array?.first { $0["id"]?.string == room }
            return listed?["gate_verdict"]?.string
        }
        try await bench.until { try await verdict() == nil }
        #expect(try await bench.rooms(of: "u_mod").sorted() == [room, held].sorted())
        away.cut()
        try await bench.until { try await verdict() == "unknown" }
        try await shared.sweeps(3, by: sweeper)
        #expect(try await bench.rooms(of: "u_mod").sorted() == [room, held].sorted())
        #expect(try await shared.benches[place].refusal("u_mod", room)["code"]?.string == "forbidden")
        try await bench.until { try await bench.rooms(of: "u_mod") == [held] }
        withExtendedLifetime(bob) {}
    }

    @Test("a wallet taken off at one server counts for nothing at the others, though no node can say")
    func unlinked() async throws {
        let shared = try await SharedGateBench(2, ["gates.sweep_ms": "3600000"])
        let (first, second) = (shared.benches[0], shared.benches[1])
        let room = try await first.room(10)
        let wallet = try await first.give("u_ann", wallet: 1, 10)
        try await first.give("u_ann", wallet: 2, 0)
        let ann = try await second.member("u_ann", of: room)
        for place in 0..<2 { try await shared.fault("server_error", at: place) }
        let path = "/api/v1/rooms/\(room)/messages"
        #expect(try await second.call("u_ann", "GET", path).status == 200)
        let token = ServerProcess.token("u_ann")
        let text = try await WalletFlow.text(first.server, wallet, "unlink", token: token)
        let answer = try await first.server.http(
            "DELETE", "/api/v1/auth/wallets", WalletFlow.proof(wallet, Array(text.utf8)), token: token,
            headers: WalletFlow.page)
        #expect(answer.status == 204, "\(answer.text)")
        // What she had shown with it does not let her read on, at the other server either.
        try await eventually("it is forgotten") {
            try await second.call("u_ann", "GET", path).code == "gate_unavailable"
        }
        withExtendedLifetime(ann) {}
    }
}
