import JSON
import StoaTesting
import Testing

@Suite("Slow readers")
struct SlowReaderTests {
    private static let large = String(repeating: "x", count: 30_000)

    @Test("who does not read is closed with 4002 and resumes without loss; nobody else waits (DESIGN 3.8)")
    func closed() async throws {
        let server = try await ServerProcess([
            "limits.backlog_bytes": "16384", "presence.grace_ms": "0", "loops": "2",
            // On a busy machine the sending takes so long that a ping's answer would be missed first.
            "websocket.ping_ms": "600000",
        ])
        let room = try await server.room()
        let slow = try await TestClient(server, token: ServerProcess.token("u_slow"), receiveBuffer: 4096)
        let joined = try await slow.request("join", #""room":"\#(room)""#)
        let epoch = joined["epoch"]?.string ?? ""
        let others = try await SlowReaderTests.join(server, room, ["u_ann", "u_bob"])
        slow.pauseReading()

        // As long as the kernel takes bytes for it, it is not slow.
        var sent: Int64 = 0
        let isGone: @Sendable (JSONValue) -> Bool = {
            $0["type"]?.string == "user_left" && $0["user"]?["id"]?.string == "u_slow"
        }
        while !others[1].log.contains(where: isGone), sent < 400 {
            sent += 1
            try await SlowReaderTests.post(others[0], room, "\(sent)")
            try await others[1].wait { [sent] in SlowReaderTests.seqs($0).last == sent }
        }
        #expect(others[1].log.contains(where: isGone))
        #expect(SlowReaderTests.seqs(others[1].log) == Array(1...sent))

        slow.resumeReading()
        #expect([4002, 1006].contains(try await slow.closeCode()))
        let had = SlowReaderTests.seqs(slow.log)
        sent += 1
        try await SlowReaderTests.post(others[0], room, "\(sent)")
        #expect(had == Array(1..<(Int64(had.count) + 1)))
        let back = try await TestClient(server, token: ServerProcess.token("u_slow"))
        let again = try await back.request(
            "join", #""room":"\#(room)","since":{"epoch":"\#(epoch)","seq":\#(had.count)}"#)
        #expect(again["recovered"]?.bool == true)
        try await back.wait { [sent] in SlowReaderTests.seqs($0).last == sent }
        #expect(had + SlowReaderTests.seqs(back.log) == Array(1...sent))
        await server.stop()
    }

    @Test("who lags loses typing and gets presence as one newest state; chat comes whole (DESIGN 3.8)")
    func conflated() async throws {
        let server = try await ServerProcess([
            "limits.backlog_bytes": "67108864", "presence.grace_ms": "0", "loops": "2",
            "websocket.ping_ms": "600000",
        ])
        let room = try await server.room()
        let slow = try await TestClient(server, token: ServerProcess.token("u_slow"), receiveBuffer: 4096)
        try await slow.request("join", #""room":"\#(room)""#)
        let ann = try await SlowReaderTests.join(server, room, ["u_ann"])[0]
        _ = try await slow.push("user_joined")
        slow.pauseReading()
        // More than any kernel holds for a reader with so small a window.
        let count: Int64 = 200
        for number in 1...count { try await SlowReaderTests.post(ann, room, "\(number)") }

        try await ann.request("typing_start", #""room":"\#(room)""#)
        let guests = try await SlowReaderTests.join(server, room, (0..<8).map { "u_guest\($0)" })
        for guest in guests.dropFirst() { try await guest.request("leave", #""room":"\#(room)""#) }
        slow.resumeReading()
        let state = try await slow.push("presence_state", within: 20)
        let people = state["people"]?.array?.compactMap { $0["id"]?.string }.sorted()
        #expect(people == ["u_ann", "u_guest0", "u_slow"])
        try await slow.wait { SlowReaderTests.seqs($0).last == count }
        #expect(SlowReaderTests.seqs(slow.log) == Array(1...count))
        let types = Set(slow.log.compactMap { $0["type"]?.string })
        #expect(types.isDisjoint(with: ["typing_status", "user_joined", "user_left", "presence_state"]))
        await server.stop()
    }

    private static func join(_ server: ServerProcess, _ room: String, _ users: [String]) async throws
        -> [TestClient]
    {
        var clients: [TestClient] = []
        for user in users {
            let client = try await TestClient(server, token: ServerProcess.token(user))
            try await client.request("join", #""room":"\#(room)""#)
            clients.append(client)
        }
        return clients
    }

    private static func post(
        _ client: TestClient, _ room: String, _ text: String, within seconds: Double = 30
    )
        async throws
    {
        try await client.request(
            "chat_message", #""room":"\#(room)","content":"\#(text) \#(large)""#, within: seconds)
    }

    private static func seqs(_ log: [JSONValue]) -> [Int64] {
        log.filter { $0["type"]?.string == "new_message" }.compactMap { $0["seq"]?.integer }
    }
}
