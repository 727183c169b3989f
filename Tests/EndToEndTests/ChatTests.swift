import JSON
import StoaTesting
import Testing

@Suite("Chat over the wire")
struct ChatTests {
    @Test("a message reaches every member once, with the same bytes (CONTRACT 1)")
    func sameBytes() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        let bob = try await TestClient(server, token: ServerProcess.token("u_bob"))
        try await ann.request("join", #""room":"\#(room)""#)
        try await bob.request("join", #""room":"\#(room)""#)
        try await ann.request("chat_message", #""room":"\#(room)","content":"Grüße 👩‍👩‍👧","client_id":"c1""#)
        _ = try await ann.push("new_message")
        _ = try await bob.push("new_message")
        let frames = [ann, bob].map { $0.frames.filter { $0.contains(#""new_message""#) } }
        #expect(frames[0] == frames[1])
        #expect(frames[0].count == 1)
        await server.stop()
    }

    @Test("SIGTERM says when to come back, closes with 4000 and exits with 0 (G3)")
    func drain() async throws {
        let server = try await ServerProcess()
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        server.signal(15)
        #expect(try await ann.push("reconnect")["after_ms"]?.integer != nil)
        #expect(try await ann.closeCode() == 4000)
        #expect(await server.exitStatus() == 0)
    }

    @Test("who is banned is no member: nothing of the room is listed or told any more")
    func bannedSeesNothing() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let owner = ServerProcess.token("u_owner")
        _ = try await server.http("PATCH", "/api/v1/rooms/\(room)", #"{"type":"private"}"#, token: owner)
        let eve = ServerProcess.token("u_eve")
        _ = try await server.http(
            "POST", "/api/v1/rooms/\(room)/invitations", #"{"user":"u_eve"}"#, token: owner)
        let client = try await TestClient(server, token: eve)
        try await client.request("join", #""room":"\#(room)""#)
        _ = try await server.http("POST", "/api/v1/rooms/\(room)/bans", #"{"user":"u_eve"}"#, token: owner)
        _ = try await client.push("left")
        _ = try await server.http(
            "POST", "/api/v1/rooms/\(room)/messages", #"{"content":"secret"}"#, token: owner)
        let mine = try await server.http("GET", "/api/v1/me/rooms", token: eve)
        #expect(!mine.text.contains(room))
        #expect(try await server.http("GET", "/api/v1/rooms/\(room)/messages", token: eve).status == 403)
        await server.stop()
    }

    @Test("leaves and joins sent without waiting take effect in their order")
    func pipelinedJoins() async throws {
        let server = try await ServerProcess(["loops": "2"])
        let room = try await server.room()
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await ann.request("join", #""room":"\#(room)""#)
        for number in 0..<20 {
            ann.send(#"{"type":"leave","id":"l\#(number)","room":"\#(room)"}"#)
            ann.send(#"{"type":"join","id":"j\#(number)","room":"\#(room)"}"#)
        }
        for number in 0..<20 {
            #expect(try await ann.take { $0["id"]?.string == "l\(number)" }["type"]?.string == "left")
            #expect(try await ann.take { $0["id"]?.string == "j\(number)" }["type"]?.string == "joined")
        }
        try await ann.request("chat_message", #""room":"\#(room)","content":"in""#)
        await server.stop()
    }
}
