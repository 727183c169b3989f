import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Events for the owner's own service from several processes", .timeLimit(.minutes(3)))
struct SharedWebhookTests {
    private func service(_ hook: FixtureServer, vacated: Int) async throws -> SharedService {
        try await SharedService([
            "webhooks.url": hook.base + "/events", "webhooks.secret": WebhookBox.secret,
            "webhooks.events": "room_occupied,room_vacated", "webhooks.vacated_ms": String(vacated),
            "webhooks.retry_ms": "10", "presence.grace_ms": "0",
        ])
    }

    private func told(_ box: WebhookBox, of room: String) throws -> [String] {
        try box.events().filter { $0["room"]?.string == room }
            .sorted { ($0["at"]?.integer ?? 0) < ($1["at"]?.integer ?? 0) }
            .compactMap { $0["type"]?.string }
    }

    @Test("a room is occupied once and vacated once, whichever processes its people are at")
    func once() async throws {
        let hook = try FixtureServer { _ in .http(204, [:], []) }
        defer { hook.close() }
        let box = WebhookBox(hook)
        let service = try await service(hook, vacated: 100)
        let room = try await service.servers[0].room(owner: "u_ann")
        let clients = [try await service.client("u_ann", at: 0), try await service.client("u_bob", at: 1)]
        for round in 1...3 {
            for client in clients { try await client.request("join", #""room":"\#(room)""#) }
            try await eventually("it is occupied") { try told(box, of: room).count == 2 * round - 1 }
            for client in clients { try await client.request("leave", #""room":"\#(room)""#) }
            try await eventually("it is vacated") { try told(box, of: room).count == 2 * round }
        }
        for server in service.servers { await server.stop() }
        #expect(
            try told(box, of: room)
                == Array(repeating: ["room_occupied", "room_vacated"], count: 3).flatMap { $0 })
    }

    @Test("when a process is killed, another one tells that its rooms are empty")
    func killed() async throws {
        let hook = try FixtureServer { _ in .http(204, [:], []) }
        defer { hook.close() }
        let box = WebhookBox(hook)
        // Longer than the kill takes: the second room is empty and nobody has said so yet.
        let service = try await service(hook, vacated: 500)
        let rooms = [
            try await service.servers[0].room(owner: "u_ann"),
            try await service.servers[0].room(owner: "u_ann"),
        ]
        let ann = try await service.client("u_ann", at: 0)
        for room in rooms { try await ann.request("join", #""room":"\#(room)""#) }
        try await eventually("both are occupied") {
            try rooms.allSatisfy { try told(box, of: $0) == ["room_occupied"] }
        }
        try await ann.request("leave", #""room":"\#(rooms[1])""#)
        service.servers[0].kill()
        try await eventually("both are vacated", within: 30) {
            try rooms.allSatisfy { try told(box, of: $0) == ["room_occupied", "room_vacated"] }
        }
        let vacated = try box.events().filter { $0["type"]?.string == "room_vacated" }
        #expect(vacated.allSatisfy { $0["instance"]?.string == "i_2" })
        await service.servers[1].stop()
    }

    @Test("what happens while Redis is away is told when it is back")
    func away() async throws {
        let hook = try FixtureServer { _ in .http(204, [:], []) }
        defer { hook.close() }
        let box = WebhookBox(hook)
        let service = try await service(hook, vacated: 100)
        let room = try await service.servers[0].room(owner: "u_ann")
        let ann = try await service.client("u_ann", at: 0)
        try await ann.request("join", #""room":"\#(room)""#)
        try await eventually("it is occupied") { try told(box, of: room) == ["room_occupied"] }
        service.redis.pause(true)
        try await ann.request("leave", #""room":"\#(room)""#)
        service.redis.pause(false)
        try await eventually("it is vacated", within: 30) {
            try told(box, of: room) == ["room_occupied", "room_vacated"]
        }
        for server in service.servers { await server.stop() }
    }

    @Test("a Redis that comes back empty changes nothing of what is told: each once")
    func emptyRedis() async throws {
        let hook = try FixtureServer { _ in .http(204, [:], []) }
        defer { hook.close() }
        let box = WebhookBox(hook)
        let service = try await service(hook, vacated: 100)
        let rooms = [
            try await service.servers[0].room(owner: "u_ann"),
            try await service.servers[0].room(owner: "u_ann"),
        ]
        let clients = [try await service.client("u_ann", at: 0), try await service.client("u_bob", at: 1)]
        for client in clients {
            for room in rooms { try await client.request("join", #""room":"\#(room)""#) }
        }
        try await eventually("both are occupied") {
            try rooms.allSatisfy { try told(box, of: $0) == ["room_occupied"] }
        }
        service.redis.kill()
        for client in clients { try await client.request("leave", #""room":"\#(rooms[0])""#) }
        try await service.redis.start()
        try await eventually("it is vacated", within: 30) { try told(box, of: rooms[0]).count > 1 }
        for client in clients { try await client.request("leave", #""room":"\#(rooms[1])""#) }
        try await eventually("the other one too", within: 30) { try told(box, of: rooms[1]).count > 1 }
        for server in service.servers { await server.stop() }
        let seen = try rooms.map { try told(box, of: $0) }
        #expect(seen == Array(repeating: ["room_occupied", "room_vacated"], count: 2))
    }
}
