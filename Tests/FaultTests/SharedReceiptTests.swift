import JSON
import StoaTesting
import Testing

@Suite("Receipts over several processes", .timeLimit(.minutes(3)))
struct SharedReceiptTests {
    private func room(_ service: SharedService) async throws -> String {
        let room = try await service.servers[0].room(owner: "u_owner")
        let answer = try await service.servers[0].http(
            "PATCH", "/api/v1/rooms/\(room)", #"{"receipts":true}"#, token: ServerProcess.token("u_owner"))
        #expect(answer.status == 200)
        return room
    }

    private func member(_ user: String, of room: String, at place: Int, _ service: SharedService) async throws
        -> TestClient
    {
        let client = try await service.client(user, at: place)
        try await client.request("join", #""room":"\#(room)""#)
        return client
    }

    private func say(_ text: String, in room: String, by client: TestClient) async throws -> Int64 {
        let members = #""room":"\#(room)","content":"\#(text)","receipt":true"#
        return try await client.request("chat_message", members)["seq"]?.integer ?? 0
    }

    private func read(_ seq: Int64, in room: String, by client: TestClient) async throws {
        try await client.request("read_marker", #""room":"\#(room)","seq":\#(seq)"#)
    }

    private func receipts(_ client: TestClient) async throws -> [(seq: Int64, status: String)] {
        try await client.request("ping")
        return try await client.drain().filter { $0["type"]?.string == "receipt" }.map {
            ($0["seq"]?.integer ?? 0, $0["status"]?.string ?? "")
        }
    }

    @Test("a message is delivered when all processes have handed it over, read when all have read it")
    func course() async throws {
        let service = try await SharedService()
        let room = try await room(service)
        let ann = try await member("u_ann", of: room, at: 0, service)
        let bob = try await member("u_bob", of: room, at: 1, service)
        let cat = try await member("u_cat", of: room, at: 0, service)
        _ = try await ann.push("user_joined") { $0["user"]?["id"]?.string == "u_bob" }
        for round in 1...3 {
            let seq = try await say("\(round)", in: room, by: ann)
            let delivered = try await ann.push("receipt")
            #expect(delivered["seq"]?.integer == seq && delivered["status"]?.string == "delivered")
            try await read(seq, in: room, by: round == 2 ? bob : cat)
            #expect(try await receipts(ann).isEmpty)
            try await read(seq, in: room, by: round == 2 ? cat : bob)
            let read = try await ann.push("receipt")
            #expect(read["seq"]?.integer == seq && read["status"]?.string == "read")
        }
        for server in service.servers { await server.stop() }
    }

    @Test("somebody at another process who does not read is waited for, also when that process is killed")
    func slowElsewhere() async throws {
        // Who reads nothing answers no ping: he is to be slow here, however long this takes, and not gone.
        let service = try await SharedService([
            "limits.backlog_bytes": "33554432", "websocket.ping_ms": "3600000",
        ])
        let room = try await room(service)
        let ann = try await member("u_ann", of: room, at: 0, service)
        let bob = try await member("u_bob", of: room, at: 1, service)
        let cat = try await member("u_cat", of: room, at: 0, service)
        _ = try await ann.push("user_joined") { $0["user"]?["id"]?.string == "u_bob" }
        bob.pauseReading()
        let text = String(repeating: "x", count: 30_000)
        var last: Int64 = 0
        for _ in 0..<300 { last = try await say(text, in: room, by: ann) }
        try await read(last, in: room, by: cat)
        #expect(try await receipts(ann).allSatisfy { $0.seq < last && $0.status == "delivered" })
        service.servers[1].kill()
        // Bob is taken out when the lease of his process ends.
        try await eventually("it is read by those who are left", within: 30) {
            try await receipts(ann).contains { $0.seq == last && $0.status == "read" }
        }
        await service.servers[0].stop()
    }

    @Test("while Redis is away receipts wait, and come when it is back")
    func away() async throws {
        let service = try await SharedService(["broker.timeout_ms": "1500"])
        let room = try await room(service)
        let ann = try await member("u_ann", of: room, at: 0, service)
        let bob = try await member("u_bob", of: room, at: 1, service)
        let cat = try await member("u_cat", of: room, at: 0, service)
        _ = try await ann.push("user_joined") { $0["user"]?["id"]?.string == "u_bob" }
        service.redis.pause(true)
        let seq = try await say("is anybody there", in: room, by: ann)
        try await read(seq, in: room, by: cat)
        #expect(try await receipts(ann).isEmpty)
        service.redis.pause(false)
        // Bob's process has it from the store.
        _ = try await bob.push("new_message", within: 30)
        let delivered = try await ann.push("receipt", within: 30)
        #expect(delivered["seq"]?.integer == seq && delivered["status"]?.string == "delivered")
        for server in service.servers { await server.stop() }
    }

    @Test("a read marker that is said while Redis is away is told when it is back")
    func markers() async throws {
        let service = try await SharedService(["broker.timeout_ms": "1500"])
        let room = try await room(service)
        let ann = try await member("u_ann", of: room, at: 0, service)
        let bob = try await member("u_bob", of: room, at: 1, service)
        _ = try await ann.push("user_joined")
        let seq = try await say("hello", in: room, by: ann)
        #expect(try await ann.push("receipt")["status"]?.string == "delivered")
        service.redis.pause(true)
        try await read(seq, in: room, by: bob)
        #expect(try await receipts(ann).isEmpty)
        // What was on its way goes with the connections, once both have been given up.
        try await eventually("it is given up", within: 30) {
            for server in service.servers {
                let health = try await server.http("GET", "/health/ready").json
                guard health?["broker"] != nil else { return false }
            }
            return true
        }
        service.redis.pause(false)
        let read = try await ann.push("receipt", within: 30)
        #expect(read["seq"]?.integer == seq && read["status"]?.string == "read")
        for server in service.servers { await server.stop() }
    }

    @Test("a sender gets receipts at all processes, and hears at once whether there will be any")
    func everywhere() async throws {
        let service = try await SharedService()
        let room = try await room(service)
        let members = #""room":"\#(room)","content":"x","receipt":true"#
        let ann = [
            try await member("u_ann", of: room, at: 0, service),
            try await member("u_ann", of: room, at: 1, service),
        ]
        #expect(try await ann[0].request("chat_message", members)["receipt"]?.bool == false)
        let bob = try await member("u_bob", of: room, at: 1, service)
        _ = try await ann[0].push("user_joined")
        let ack = try await ann[0].request("chat_message", members)
        #expect(ack["receipt"]?.bool == true)
        for client in ann {
            let receipt = try await client.push("receipt")
            #expect(receipt["seq"] == ack["seq"] && receipt["status"]?.string == "delivered")
        }
        // Also when the connection that sent is gone.
        try await ann[0].request("leave", #""room":"\#(room)""#)
        try await read(ack["seq"]?.integer ?? 0, in: room, by: bob)
        #expect(try await ann[1].push("receipt")["status"]?.string == "read")
        #expect(try await bob.request("chat_message", #""room":"\#(room)","content":"y""#)["receipt"] == nil)
        for server in service.servers { await server.stop() }
    }
}
