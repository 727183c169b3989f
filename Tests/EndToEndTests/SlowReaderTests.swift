import JSON
import StoaTesting
import Testing

@Suite("Slow readers")
struct SlowReaderTests {
    @Test(
        "a member that does not read is closed as slow, alone, and resumes without loss (DESIGN 3.8)",
        .timeLimit(.minutes(2)))
    func slow() async throws {
        let server = try await ServerProcess(["limits.backlog_bytes": "65536", "presence.grace_ms": "0"])
        let room = try await server.room()
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        let bob = try await TestClient(server, token: ServerProcess.token("u_bob"))
        let epoch = try await ann.request("join", #""room":"\#(room)""#)["epoch"]?.string ?? ""
        try await bob.request("join", #""room":"\#(room)""#)
        let slow = try RawConnection(port: server.port, receiveBuffer: 4096, reads: false)
        slow.send(SlowReaderTests.upgrade(room, "u_slow"))
        _ = try await ann.push("user_joined") { $0["user"]?["id"]?.string == "u_slow" }
        // Until the kernel's buffers and the backlog hold no more, and the server has had enough.
        let text = String(repeating: "x", count: 30_000)
        var sent: Int64 = 0
        while !ann.log.contains(where: { $0["type"]?.string == "user_left" }), sent < 1000 {
            try await ann.request("chat_message", #""room":"\#(room)","content":"\#(text)""#)
            _ = try await bob.push("new_message")
            sent += 1
        }
        let last = sent
        slow.startReading()
        let rest = try await slow.receive(within: 30) { bytes, isEnded in isEnded ? bytes : nil }
        // The last frame is the close frame: code 4002.
        let close = rest.suffix(200).firstRange(of: [0x0F, 0xA2] + Array("slow".utf8))
        #expect(close != nil)
        let again = try await TestClient(server, token: ServerProcess.token("u_slow"))
        let joined = try await again.request(
            "join", #""room":"\#(room)","since":{"epoch":"\#(epoch)","seq":0}"#)
        #expect(joined["recovered"]?.bool == true)
        try await again.wait { messages in messages.count { $0["type"]?.string == "new_message" } >= last }
        let seqs = again.log.filter { $0["type"]?.string == "new_message" }.compactMap { $0["seq"]?.integer }
        #expect(seqs == Array(1...last))
        await server.stop()
    }

    private static func upgrade(_ room: String, _ user: String) -> String {
        "GET /ws/rooms/\(room) HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "Authorization: Bearer \(ServerProcess.token(user))\r\n\r\n"
    }
}
