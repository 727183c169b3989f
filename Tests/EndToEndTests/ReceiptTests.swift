import JSON
import StoaTesting
import Testing

@Suite("Receipts of messages", .timeLimit(.minutes(2)))
struct ReceiptTests {
    private struct Room {
        let server: ServerProcess
        let id: String

        init(_ settings: [String: String] = [:], receipts: Bool = true) async throws {
            server = try await ServerProcess(settings.merging(["loops": "2"]) { one, _ in one })
            id = try await server.room(owner: "u_owner")
            guard receipts else { return }
            let answer = try await server.http(
                "PATCH", "/api/v1/rooms/\(id)", #"{"receipts":true}"#,
                token: ServerProcess.token("u_owner"))
            #expect(answer.json?["receipts"]?.bool == true)
        }

        func member(_ user: String) async throws -> TestClient {
            let client = try await TestClient(server, token: ServerProcess.token(user))
            let joined = try await client.request("join", #""room":"\#(id)""#)
            #expect(joined["room"]?["receipts"] != nil)
            return client
        }

        func say(_ text: String, by client: TestClient) async throws -> Int64 {
            let members = #""room":"\#(id)","content":"\#(text)","receipt":true"#
            return try await client.request("chat_message", members)["seq"]?.integer ?? 0
        }

        func read(_ seq: Int64, by client: TestClient) async throws {
            try await client.request("read_marker", #""room":"\#(id)","seq":\#(seq)"#)
        }
    }

    @Test("who asks is told when all others who are present have a message, and when they have read it")
    func course() async throws {
        let room = try await Room(["metrics.listen": "127.0.0.1:0"])
        let ann = try await room.member("u_ann")
        // Nobody else is there: nothing is told, also not later.
        #expect(try await room.say("to nobody", by: ann) == 1)
        let bob = try await room.member("u_bob")
        let cat = try await room.member("u_cat")
        #expect(try await room.say("hello", by: ann) == 2)
        let delivered = try await ann.push("receipt")
        #expect(delivered["status"]?.string == "delivered" && delivered["seq"]?.integer == 2)
        #expect(delivered["room"]?.string == room.id && delivered["from"]?.integer == 2)
        try await room.read(2, by: bob)
        // Who did not ask gets none; the others see nothing of it.
        try await bob.request("chat_message", #""room":"\#(room.id)","content":"plain""#)
        try await room.read(3, by: cat)
        let read = try await ann.push("receipt")
        #expect(read["status"]?.string == "read" && read["seq"]?.integer == 2)
        for client in [ann, bob, cat] {
            try await client.request("ping")
            #expect(try await !client.drain().contains { $0["type"]?.string == "receipt" })
        }
        let metrics = try await room.server.metrics()
        for status in ["delivered", "read"] {
            #expect(metrics(#"stoa_receipts_total{status="\#(status)"}"#) == 1)
        }
        await room.server.stop()
    }

    @Test("a room without the option gives none, and ends those that are waited for when it is turned off")
    func off() async throws {
        let room = try await Room(receipts: false)
        let ann = try await room.member("u_ann")
        let bob = try await room.member("u_bob")
        _ = try await room.say("hello", by: ann)
        try await room.read(1, by: bob)
        let wrong = try await TestClient(room.server, token: ServerProcess.token("u_ann"))
        let refused = await #expect(throws: Refused.self) {
            try await wrong.request(
                "chat_message", #""room":"\#(room.id)","content":"x","receipt":"yes""#)
        }
        #expect(refused?.code == "invalid_field" && refused?.reply["field"]?.string == "receipt")
        try await ann.request("ping")
        #expect(try await !ann.drain().contains { $0["type"]?.string == "receipt" })
        await room.server.stop()
    }

    @Test("a reader that does not read is waited for; once it is gone the others' having it counts")
    func slowReader() async throws {
        let room = try await Room(["presence.grace_ms": "0", "limits.backlog_bytes": "33554432"])
        let ann = try await room.member("u_ann")
        let bob = try await room.member("u_bob")
        let cat = try await room.member("u_cat")
        bob.pauseReading()
        // More than the kernel takes for a socket.
        let text = String(repeating: "x", count: 30_000)
        var last: Int64 = 0
        for _ in 0..<300 { last = try await room.say(text, by: ann) }
        try await room.read(last, by: cat)
        try await ann.request("ping")
        let early = try await ann.drain().filter { $0["type"]?.string == "receipt" }
        // Some of the first ones fit into the socket's buffer.
        #expect(early.allSatisfy { ($0["seq"]?.integer ?? 0) < last })
        bob.resumeReading()
        try await eventually("the last one is delivered") {
            try await ann.drain().contains { $0["type"]?.string == "receipt" && $0["seq"]?.integer == last }
        }
        bob.pauseReading()
        for _ in 0..<300 { last = try await room.say(text, by: ann) }
        bob.cut()
        try await room.read(last, by: cat)
        try await eventually("it is delivered without the one who left") {
            try await ann.drain().contains { $0["type"]?.string == "receipt" && $0["seq"]?.integer == last }
        }
        await room.server.stop()
    }

    @Test("beyond the bound of people there are none")
    func bound() async throws {
        let room = try await Room(["rooms.receipt_people": "2"])
        let ann = try await room.member("u_ann")
        let bob = try await room.member("u_bob")
        #expect(try await room.say("two", by: ann) == 1)
        #expect(try await ann.push("receipt")["status"]?.string == "delivered")
        let cat = try await room.member("u_cat")
        #expect(try await room.say("three", by: ann) == 2)
        try await room.read(2, by: bob)
        try await room.read(2, by: cat)
        // The first one has been read, but a receipt of it would be taken for one of the second.
        try await ann.request("ping")
        #expect(try await !ann.drain().contains { $0["type"]?.string == "receipt" })
        await room.server.stop()
    }
}
