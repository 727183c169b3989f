import JSON
import StoaTesting
import Testing

@Suite("What comes out through a closed gate")
struct GateListingTests {
    /// A room as one of its members lists it.
    private static func listed(_ room: String, of user: String, _ bench: GateBench) async throws -> JSONValue?
    {
        let answer = try await bench.call(user, "GET", "/api/v1/me/rooms")
        return answer.json?["rooms"]?.array?.first { $0["id"]?.string == room }
    }

    @Test("after the grace a room is listed without what is said in it, and nobody is told of messages")
    func unverified() async throws {
        let bench = try await GateBench(["gates.grace_ms": "1000"])
        let (room, open) = (try await bench.room(10), try await bench.server.room())
        try await bench.give("u_ann", wallet: 1, 10)
        let ann = try await bench.member("u_ann", of: room)
        try await ann.request("join", #""room":"\#(open)""#)
        try await ann.request("leave", #""room":"\#(open)""#)
        let owner = try await bench.member("u_owner", of: room)
        try await owner.request("join", #""room":"\#(open)""#)
        try await owner.request("chat_message", #""room":"\#(room)","content":"early""#)
        let before = try await Self.listed(room, of: "u_ann", bench)
        #expect(before?["last_message"]?["content"]?.string == "early")
        #expect(before?["unread"]?.integer == 1 && before?["gate_verdict"] == nil)

        try await bench.fault("html")
        #expect(try await ann.push("left")["reason"]?.string == "gate_unverified")
        try await owner.request("chat_message", #""room":"\#(room)","content":"secret""#)
        try await bench.until {
            try await Self.listed(room, of: "u_ann", bench)?["gate_verdict"]?.string == "unknown"
        }
        let after = try await Self.listed(room, of: "u_ann", bench)
        #expect(after?["last_message"]?.isNull == true)
        #expect(after?["unread"] == nil && after?["mentions"] == nil)
        // The owner is exempt.
        let owners = try await Self.listed(room, of: "u_owner", bench)
        #expect(owners?["last_message"]?["content"]?.string == "secret")

        try await owner.request("chat_message", #""room":"\#(open)","content":"for all""#)
        let told = try await ann.push("unread_updated")
        #expect(told["room"]?.string == open)
        #expect(ann.log.allSatisfy { $0["type"]?.string != "unread_updated" || $0["room"]?.string != room })
    }

    @Test("a gate put on while nodes are away hides at once what is said from then on")
    func putOn() async throws {
        let bench = try await GateBench(["gates.sweep_ms": "3600000", "gates.cache_ms": "60000"])
        let room = try await bench.room(10)
        try await bench.give("u_ann", wallet: 1, 10)
        let ann = try await bench.member("u_ann", of: room)
        let owner = try await bench.member("u_owner", of: room)
        try await bench.fault("html")
        let answer = try await bench.call(
            "u_owner", "PATCH", "/api/v1/rooms/\(room)", #"{"access_token_min_amount":"50"}"#)
        // Where the mint is known already no node is needed for it.
        #expect(answer.status == 200, "\(answer.text)")
        try await owner.request("chat_message", #""room":"\#(room)","content":"secret""#)
        let entry = try await Self.listed(room, of: "u_ann", bench)
        #expect(entry?["gate_verdict"]?.string == "unknown")
        #expect(entry?["last_message"]?.isNull == true)
        withExtendedLifetime(ann) {}
    }

    @Test("a claim that a renewal withdraws opens no gate any more", arguments: ["owner", "moderator"])
    func claimWithdrawn(role: String) async throws {
        let bench = try await GateBench(["gates.sweep_ms": "3600000"])
        let room = try await bench.room(
            fields:
                #""gate":{"any":[{"token":{"mint":"\#(bench.mint)","min_amount":"10"}},{"role":"moderator"}]}"#
        )
        var grant = ServerProcess.grant("u_mod")
        grant.rooms = [room: role]
        let client = try await TestClient(bench.server, token: ServerProcess.sign(grant))
        try await client.request("join", #""room":"\#(room)""#)
        try await client.request("auth", #""token":"\#(ServerProcess.token("u_mod"))""#)
        #expect(try await client.push("left")["reason"]?.string == "gate_lost")
        #expect(try await bench.rooms(of: "u_mod").isEmpty)
    }

    @Test(
        "a claim of a connection that is gone shows nothing of the room, and ends with the next that comes without"
    )
    func claimGone() async throws {
        let bench = try await GateBench()
        let room = try await bench.room(10)
        var grant = ServerProcess.grant("u_boss")
        grant.rooms = [room: "owner"]
        let boss = try await TestClient(bench.server, token: ServerProcess.sign(grant))
        try await boss.request("join", #""room":"\#(room)""#)
        try await bench.give("u_ann", wallet: 1, 10)
        let ann = try await bench.member("u_ann", of: room)
        try await bench.sweeps(2)
        #expect(try await bench.rooms(of: "u_boss") == [room])
        try await ann.request("chat_message", #""room":"\#(room)","content":"secret""#)
        boss.cut()
        try await bench.until {
            try await Self.listed(room, of: "u_boss", bench)?["gate_verdict"]?.string == "unknown"
        }
        let entry = try await Self.listed(room, of: "u_boss", bench)
        #expect(entry?["last_message"]?.isNull == true)
        try await bench.sweeps(2)
        #expect(try await bench.rooms(of: "u_boss") == [room])
        let read = try await bench.call("u_boss", "GET", "/api/v1/rooms/\(room)/messages")
        #expect(read.code == "wallet_required", "\(read.text)")
        try await bench.until { try await bench.rooms(of: "u_boss").isEmpty }
        withExtendedLifetime(ann) {}
    }
}
