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
}
