import JSON
import StoaTesting
import Testing

@Suite("Rights that a token lends")
struct LentRightsTests {
    private static func token(_ user: String, _ rooms: [String: String] = [:]) -> String {
        var grant = ServerProcess.grant(user)
        grant.rooms = rooms
        return ServerProcess.sign(grant)
    }

    /// How somebody is listed among a room's members.
    private static func listed(_ user: String, _ room: String, _ server: ServerProcess) async throws
        -> String?
    {
        let answer = try await server.http(
            "GET", "/api/v1/rooms/\(room)/members", token: ServerProcess.token("u_owner"))
        let member = answer.json?["members"]?.array?.first { $0["user"]?["id"]?.string == user }
        return member?["role"]?.string
    }

    @Test(
        "who moderates or owns by their token does so while it lasts, and is stored as member",
        arguments: [
            "moderator", "owner",
        ])
    func notKept(role: String) async throws {
        let server = try await ServerProcess(["presence.grace_ms": "0"])
        let room = try await server.room()
        let lent = Self.token("u_mod", [room: role])
        let client = try await TestClient(server, token: lent)
        let joined = try await client.request("join", #""room":"\#(room)""#)
        #expect(joined["role"]?.string == role)
        #expect(try await Self.listed("u_mod", room, server) == "member")
        let sent = try await client.request("chat_message", #""room":"\#(room)","content":"one""#)
        let message = try #require(sent["message_id"]?.string)
        let pin = #""room":"\#(room)","message_id":"\#(message)""#
        try await client.request("message_pin", pin)
        let bans = "/api/v1/rooms/\(room)/bans"
        #expect(try await server.http("GET", bans, token: lent).status == 200)
        #expect(try await server.http("GET", bans, token: ServerProcess.token("u_mod")).status == 403)
        try await client.request("leave", #""room":"\#(room)""#)

        let plain = try await TestClient(server, token: ServerProcess.token("u_mod"))
        let again = try await plain.request("join", #""room":"\#(room)""#)
        #expect(again["role"]?.string == "member")
        let refused = await #expect(throws: Refused.self) { try await plain.request("message_unpin", pin) }
        #expect(refused?.code == "forbidden")
        await server.stop()
    }

    @Test("who moderates or owns by their token does so over REST before they have ever joined")
    func beforeJoining() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let path = "/api/v1/rooms/\(room)"
        func status(_ token: String, _ method: String, _ more: String, _ body: String) async throws -> Int {
            try await server.http(method, path + more, body, token: token).status
        }
        let owner = Self.token("u_boss", [room: "owner"])
        let moderator = Self.token("u_mod", [room: "moderator"])
        #expect(try await status(moderator, "PATCH", "", #"{"locked":true}"#) == 200)
        #expect(try await status(moderator, "PATCH", "", #"{"name":"Logic"}"#) == 403)
        #expect(try await status(owner, "PATCH", "", #"{"name":"Logic"}"#) == 200)
        #expect(try await status(moderator, "POST", "/bans", #"{"user":"u_eve"}"#) == 201)
        #expect(try await status(moderator, "POST", "/bans", #"{"user":"u_owner"}"#) == 403)
        #expect(try await status(ServerProcess.token("u_ann"), "PATCH", "", #"{"locked":false}"#) == 403)
        await server.stop()
    }

    @Test("a renewal without the claim takes the role at once, unless another connection still lends it")
    func renewed() async throws {
        let server = try await ServerProcess(["presence.grace_ms": "0"])
        let room = try await server.room()
        let lent = Self.token("u_mod", [room: "moderator"])
        let clients = [try await TestClient(server, token: lent), try await TestClient(server, token: lent)]
        for client in clients { try await client.request("join", #""room":"\#(room)""#) }
        let sent = try await clients[0].request("chat_message", #""room":"\#(room)","content":"one""#)
        let pin = #""room":"\#(room)","message_id":"\#(sent["message_id"]?.string ?? "")""#

        let plain = ServerProcess.token("u_mod")
        try await clients[0].request("auth", #""token":"\#(plain)""#)
        try await clients[0].request("message_pin", pin)
        try await clients[1].request("auth", #""token":"\#(plain)""#)
        let told = try await clients[0].push("role_updated")
        #expect(told["role"]?.string == "member" && told["user"]?["id"]?.string == "u_mod")
        let refused = await #expect(throws: Refused.self) {
            try await clients[0].request("message_unpin", pin)
        }
        #expect(refused?.code == "forbidden")

        try await clients[0].request("auth", #""token":"\#(lent)""#)
        #expect(
            try await clients[1].push("role_updated") { $0["role"]?.string == "moderator" }["room"] != nil)
        try await clients[0].request("message_unpin", pin)
        await server.stop()
    }

    @Test("a private room is left when the claim that let in is withdrawn, not by the invited")
    func privateRoom() async throws {
        let server = try await ServerProcess(["presence.grace_ms": "0"])
        let owner = ServerProcess.token("u_owner")
        let made = try await server.http(
            "POST", "/api/v1/rooms", #"{"name":"Algebra","type":"private"}"#, token: owner)
        let room = try #require(made.json?["id"]?.string)
        let invitation = try await server.http(
            "POST", "/api/v1/rooms/\(room)/invitations", #"{"user":"u_bob"}"#, token: owner)
        #expect(invitation.status == 201, "\(invitation.text)")
        let clients = [
            try await TestClient(server, token: Self.token("u_ann", [room: "moderator"])),
            try await TestClient(server, token: Self.token("u_bob", [room: "moderator"])),
        ]
        for client in clients { try await client.request("join", #""room":"\#(room)""#) }
        try await clients[1].request("auth", #""token":"\#(ServerProcess.token("u_bob"))""#)
        try await clients[0].request("auth", #""token":"\#(ServerProcess.token("u_ann"))""#)
        let left = try await clients[0].push("left")
        #expect(left["room"]?.string == room && left["reason"]?.string == "kicked")
        let refused = await #expect(throws: Refused.self) {
            try await clients[0].request("join", #""room":"\#(room)""#)
        }
        #expect(refused?.code == "room_not_found")
        #expect(try await Self.listed("u_ann", room, server) == nil)
        #expect(try await Self.listed("u_bob", room, server) == "member")
        try await clients[1].request("chat_message", #""room":"\#(room)","content":"still here""#)
        await server.stop()
    }
}
