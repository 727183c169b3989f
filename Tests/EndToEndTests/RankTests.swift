import Bytes
import JSON
import StoaTesting
import Testing

@Suite("Ranks, seats and read receipts")
struct RankTests {
    @Test("a moderator neither replaces nor lifts an owner's ban; an owner does with a moderator's")
    func bans() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let owner = ServerProcess.token("u_owner")
        let moderator = ServerProcess.token("u_mod")
        let client = try await TestClient(server, token: moderator)
        try await client.request("join", #""room":"\#(room)""#)
        let path = "/api/v1/rooms/\(room)"
        let made = try await server.http(
            "PUT", "\(path)/members/u_mod", #"{"role":"moderator"}"#, token: owner)
        #expect(made.status == 204)

        let ban = #"{"user":"u_bob"}"#
        func until(_ milliseconds: Int64) -> String {
            #"{"user":"u_bob","until":\#(Timestamp.now().milliseconds + milliseconds)}"#
        }
        let past = try await server.http("POST", "\(path)/bans", until(-1), token: owner)
        #expect(past.status == 400 && past.code == "invalid_field" && past.json?["field"]?.string == "until")
        #expect(try await server.http("POST", "\(path)/bans", ban, token: owner).status == 201)
        #expect(try await server.http("POST", "\(path)/bans", until(60_000), token: moderator).status == 403)
        let lift = try await server.http("DELETE", "\(path)/bans/u_bob", token: moderator)
        #expect(lift.status == 403)
        #expect(lift.code == "forbidden")
        let bob = ServerProcess.token("u_bob")
        #expect(try await server.http("GET", path, token: bob).code == "banned")
        #expect(try await server.http("DELETE", "\(path)/bans/u_bob", token: owner).status == 204)
        #expect(
            try await server.http("DELETE", "\(path)/bans/u_bob", token: moderator).code == "user_not_found")

        #expect(try await server.http("POST", "\(path)/bans", ban, token: moderator).status == 201)
        #expect(try await server.http("POST", "\(path)/bans", ban, token: owner).status == 201)
        #expect(try await server.http("DELETE", "\(path)/bans/u_bob", token: moderator).status == 403)
        // One that has run out is nobody's any more.
        #expect(try await server.http("POST", "\(path)/bans", until(500), token: owner).status == 201)
        let clock = ContinuousClock()
        let deadline = clock.now.advanced(by: .seconds(20))
        var answer = try await server.http("POST", "\(path)/bans", ban, token: moderator)
        while answer.status == 403, clock.now < deadline {
            answer = try await server.http("POST", "\(path)/bans", ban, token: moderator)
        }
        #expect(answer.status == 201)
        await server.stop()
    }

    @Test("a moderator made a member in a full room stays; nobody else gets in until a seat is free")
    func seats() async throws {
        let server = try await ServerProcess(["presence.grace_ms": "0"])
        let room = try await server.room(#""max_participants":1"#)
        let owner = ServerProcess.token("u_owner")
        let role = "/api/v1/rooms/\(room)/members/u_mod"
        let moderator = try await TestClient(server, token: ServerProcess.token("u_mod"))
        try await moderator.request("join", #""room":"\#(room)""#)
        _ = try await server.http("PUT", role, #"{"role":"moderator"}"#, token: owner)
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await ann.request("join", #""room":"\#(room)""#)
        #expect(try await server.http("PUT", role, #"{"role":"member"}"#, token: owner).status == 204)
        let state = try await moderator.request("presence", #""room":"\#(room)""#)
        #expect(state["people_count"]?.integer == 2)
        try await moderator.request("chat_message", #""room":"\#(room)","content":"still here""#)
        try await ann.request("leave", #""room":"\#(room)""#)
        // The one seat is the former moderator's now.
        let refused = await #expect(throws: Refused.self) {
            try await ann.request("join", #""room":"\#(room)""#)
        }
        #expect(refused?.code == "room_full")
        try await moderator.request("leave", #""room":"\#(room)""#)
        try await ann.request("join", #""room":"\#(room)""#)
        await server.stop()
    }

    @Test("read markers are told to the room where it has read receipts, and to oneself always (CONTRACT 3)")
    func readReceipts() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        let bob = try await TestClient(server, token: ServerProcess.token("u_bob"))
        for client in [ann, bob] { try await client.request("join", #""room":"\#(room)""#) }
        let joined = try await TestClient(server, token: ServerProcess.token("u_cid")).request(
            "join", #""room":"\#(room)""#)
        #expect(joined["room"]?["read_receipts"]?.bool == false)
        for number in 1...3 {
            try await ann.request("chat_message", #""room":"\#(room)","content":"\#(number)""#)
        }
        try await bob.request("read_marker", #""room":"\#(room)","seq":1"#)
        #expect(try await bob.push("read_updated")["channel"]?.string == "me")

        let path = "/api/v1/rooms/\(room)"
        let member = try await server.http(
            "PATCH", path, #"{"read_receipts":true}"#, token: ServerProcess.token("u_bob"))
        #expect(member.status == 403)
        let changed = try await server.http(
            "PATCH", path, #"{"read_receipts":true}"#, token: ServerProcess.token("u_owner"))
        #expect(changed.json?["read_receipts"]?.bool == true)
        #expect(try await ann.push("room_updated")["info"]?["read_receipts"]?.bool == true)
        try await bob.request("read_marker", #""room":"\#(room)","seq":3"#)
        // The first one that Ann gets is the one after the room wanted to know.
        let told = try await ann.push("read_updated")
        #expect(told["seq"]?.integer == 3)
        #expect(told["user"]?["id"]?.string == "u_bob")
        #expect(told["channel"] == nil)
        await server.stop()
    }

    @Test("what came on `me` since a connection began is not replayed to it once more (CONTRACT 3)")
    func personalReplay() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let bob = try await TestClient(server, token: ServerProcess.token("u_bob"))
        try await bob.request("join", #""room":"\#(room)""#)
        for number in 1...3 {
            try await bob.request("chat_message", #""room":"\#(room)","content":"\#(number)""#)
        }
        try await bob.request("read_marker", #""room":"\#(room)","seq":1"#)
        let position = try await bob.request("subscribe", #""channels":["me"]"#)["channels"]?["me"]
        #expect(position?["offset"]?.integer == 1)
        let epoch = try #require(position?["epoch"]?.string)

        let phone = try await TestClient(server, token: ServerProcess.token("u_bob"))
        try await phone.request("ping")
        try await bob.request("read_marker", #""room":"\#(room)","seq":2"#)
        #expect(try await phone.push("read_updated")["offset"]?.integer == 2)
        let snapshot = try await phone.request(
            "subscribe", #""channels":["me"],"since":{"me":{"epoch":"\#(epoch)","offset":0}}"#)
        #expect(snapshot["channels"]?["me"]?["recovered"]?.bool == true)
        #expect(try await phone.push("read_updated")["offset"]?.integer == 1)
        try await bob.request("read_marker", #""room":"\#(room)","seq":3"#)
        #expect(try await phone.push("read_updated")["offset"]?.integer == 3)
        await server.stop()
    }
}
