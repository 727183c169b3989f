import JSON
import StoaTesting
import Testing

@Suite("A room's own endpoint")
struct RoomEndpointTests {
    @Test(
        "/ws/rooms/{id} is joined at once, with history and since as asked; room may be left out (CONTRACT 2)"
    )
    func joinedAtOnce() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let path = "/ws/rooms/\(room)"
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"), path: path)
        let epoch = try await ann.push("joined")["epoch"]?.string ?? ""
        for number in 1...5 { try await ann.request("chat_message", #""content":"\#(number)""#) }

        let token = ServerProcess.token("u_bob")
        let newcomer = try await TestClient(server, token: token, path: path + "?history=2")
        let joined = try await newcomer.push("joined")
        #expect(joined["messages"]?.array?.compactMap { $0["seq"]?.integer } == [4, 5])
        let returning = try await TestClient(server, token: token, path: path + "?since=\(epoch):3")
        #expect(try await returning.push("joined")["recovered"]?.bool == true)
        for seq in [4, 5] as [Int64] {
            #expect(try await returning.push("new_message")["seq"]?.integer == seq)
        }
        let stranger = try await TestClient(server, token: token, path: path + "?since=other:3")
        #expect(try await stranger.push("gap")["reason"]?.string == "epoch")
        for query in ["since=3", "since=\(epoch):-1", "history=101", "history=x"] {
            await #expect(throws: TestFailure.self) {
                try await TestClient(server, token: token, path: "\(path)?\(query)")
            }
        }
        await server.stop()
    }

    @Test(
        "a replay of more bytes than a client can be expected to take at once is a gap, whatever its number")
    func replayBytes() async throws {
        let server = try await ServerProcess(["rooms.replay_bytes": "4096"])
        let room = try await server.room()
        let path = "/ws/rooms/\(room)"
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"), path: path)
        let epoch = try await ann.push("joined")["epoch"]?.string ?? ""
        let text = String(repeating: "x", count: 1000)
        for _ in 1...5 { try await ann.request("chat_message", #""content":"\#(text)""#) }
        let token = ServerProcess.token("u_bob")
        let short = try await TestClient(server, token: token, path: path + "?since=\(epoch):2")
        #expect(try await short.push("joined")["recovered"]?.bool == true)
        #expect(try await short.push("new_message")["seq"]?.integer == 3)
        let long = try await TestClient(server, token: token, path: path + "?since=\(epoch):1")
        #expect(try await long.push("joined")["recovered"]?.bool == false)
        let gap = try await long.push("gap")
        #expect(gap["reason"]?.string == "limit")
        #expect(gap["from"]?.integer == 2)
        #expect(gap["to"]?.integer == 5)
        await server.stop()
    }

    @Test(
        "a ban acts at once on all connections: 4503 on the room's endpoint, `left` on the other (CONTRACT 3)"
    )
    func ban() async throws {
        let server = try await ServerProcess(["loops": "2"])
        let room = try await server.room()
        let token = ServerProcess.token("u_bob")
        let single = try await TestClient(server, token: token, path: "/ws/rooms/\(room)")
        _ = try await single.push("joined")
        let multiplexed = try await TestClient(server, token: token)
        try await multiplexed.request("join", #""room":"\#(room)""#)
        let ban = try await server.http(
            "POST", "/api/v1/rooms/\(room)/bans", #"{"user":"u_bob","reason":"noise"}"#,
            token: ServerProcess.token("u_owner"))
        #expect(ban.status == 201)
        #expect(try await single.closeCode() == 4503)
        #expect(try await multiplexed.push("left")["reason"]?.string == "banned")
        try await multiplexed.request("ping")
        let refusal = await #expect(throws: Refused.self) {
            try await multiplexed.request("join", #""room":"\#(room)""#)
        }
        #expect(refusal?.code == "banned")
        let post = try await server.http(
            "POST", "/api/v1/rooms/\(room)/messages", #"{"content":"a"}"#, token: token)
        #expect(post.status == 403)
        await server.stop()
    }
}
