import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Several processes that serve the same people", .timeLimit(.minutes(3)))
struct SharedServersTests {
    private typealias Service = SharedService

    private func say(_ text: String, in room: String, by client: TestClient) async throws -> JSONValue {
        try await client.request("chat_message", #""room":"\#(room)","content":"\#(text)""#)
    }

    @Test("people at two processes are in one room: they talk, see each other, read the same history")
    func oneRoom() async throws {
        let service = try await Service()
        let room = try await service.servers[0].room(owner: "u_ann")
        let ann = try await service.client("u_ann", at: 0)
        let bob = try await service.client("u_bob", at: 1)
        try await ann.request("join", #""room":"\#(room)""#)
        let joined = try await bob.request("join", #""room":"\#(room)""#)
        #expect(joined["people_count"]?.integer == 2)
        #expect(try await ann.push("user_joined")["user"]?["id"]?.string == "u_bob")
        for number in 1...20 {
            let speaker = number % 2 == 0 ? ann : bob
            let ack = try await say("\(number)", in: room, by: speaker)
            #expect(ack["seq"]?.integer == Int64(number))
            for client in [ann, bob] {
                let push = try await client.push("new_message")
                #expect(push["seq"]?.integer == Int64(number))
                #expect(push["message"]?["content"]?.string == "\(number)")
            }
        }
        // What was said at one is the past at the other, and a position of the one holds at the other.
        let epoch = try #require(joined["epoch"]?.string)
        let cat = try await service.client("u_cat", at: 1)
        let back = try await cat.request(
            "join", #""room":"\#(room)","since":{"epoch":"\#(epoch)","seq":15}"#)
        #expect(back["recovered"]?.bool == true)
        for seq in 16...20 { #expect(try await cat.push("new_message")["seq"]?.integer == Int64(seq)) }
    }

    @Test("at another process one's own channel says gap, and one request tells all that was missed")
    func ownChannel() async throws {
        let service = try await Service()
        let room = try await service.servers[0].room(owner: "u_ann")
        let ann = try await service.client("u_ann", at: 0)
        let bob = try await service.client("u_bob", at: 0)
        for client in [ann, bob] { try await client.request("join", #""room":"\#(room)""#) }
        try await bob.request("leave", #""room":"\#(room)""#)
        _ = try await say("heard", in: room, by: ann)
        let push = try await bob.push("unread_updated")
        let own = try await bob.request("subscribe", #""channels":["me"]"#)
        let epoch = try #require(own["channels"]?["me"]?["epoch"]?.string)
        let offset = try #require(push["offset"]?.integer)
        bob.cut()
        _ = try await say("missed", in: room, by: ann)
        let back = try await service.client("u_bob", at: 1)
        let since = #""channels":["me"],"since":{"me":{"epoch":"\#(epoch)","offset":\#(offset)}}"#
        let snapshot = try await back.request("subscribe", since)
        #expect(snapshot["channels"]?["me"]?["recovered"]?.bool == false)
        let gap = try await back.push("gap")
        #expect(gap["channel"]?.string == "me" && gap["reason"]?.string == "epoch")
        let rooms = try await service.servers[1].http(
            "GET", "/api/v1/me/rooms", token: ServerProcess.token("u_bob"))
        #expect(rooms.json?["rooms"]?.array?.first?["unread"]?.integer == 2, "\(rooms.text)")
    }

    @Test("slow mode counts over HTTP too, at processes with nobody in the room")
    func slowMode() async throws {
        let service = try await Service()
        let room = try await service.servers[0].room(owner: "u_ann", #""slow_mode_ms":600000"#)
        let bob = try await service.client("u_bob", at: 0)
        try await bob.request("join", #""room":"\#(room)""#)
        _ = try await say("one", in: room, by: bob)
        for server in service.servers.reversed() {
            let refused = try await server.http(
                "POST", "/api/v1/rooms/\(room)/messages", #"{"content":"two"}"#,
                token: ServerProcess.token("u_bob"))
            #expect(refused.status == 429 && refused.code == "slow_mode", "\(refused.text)")
            let wait = try #require(refused.headers["retry-after"].flatMap { Int($0) })
            #expect((500...600).contains(wait))
            let posted = try await server.http(
                "POST", "/api/v1/rooms/\(room)/messages", #"{"content":"hers"}"#,
                token: ServerProcess.token("u_ann"))
            #expect(posted.status == 201, "\(posted.text)")
        }
    }

    @Test("while Redis is away two processes let in no more people than a room has seats (G4)")
    func seats() async throws {
        let service = try await Service()
        let room = try await service.servers[0].room(owner: "u_ann", #""max_participants":10"#)
        var inside: [TestClient] = []
        for (place, user) in [(0, "u_bob"), (1, "u_cat")] {
            inside.append(try await service.client(user, at: place))
            try await inside[place].request("join", #""room":"\#(room)""#)
        }
        _ = try await inside[0].push("user_joined")
        service.redis.kill()
        for place in 0...1 {
            var admitted = 0
            for number in 0..<10 {
                let client = try await service.client("u_\(place)\(number)", at: place)
                do {
                    try await client.request("join", #""room":"\#(room)""#)
                    admitted += 1
                    inside.append(client)
                } catch let refused as Refused {
                    #expect(["unavailable", "room_full"].contains(refused.code))
                }
            }
            #expect(admitted > 0)
        }
        #expect(inside.count <= 10)
    }

    @Test("the same client message id is one message, whichever process it is sent to (F3)")
    func idempotent() async throws {
        let service = try await Service()
        let room = try await service.servers[0].room(owner: "u_ann")
        let clients = [try await service.client("u_ann", at: 0), try await service.client("u_ann", at: 1)]
        for client in clients { try await client.request("join", #""room":"\#(room)""#) }
        let members = #""room":"\#(room)","content":"once","client_id":"c-1""#
        async let first = clients[0].request("chat_message", members)
        async let second = clients[1].request("chat_message", members)
        let acks = [try await first, try await second]
        #expect(acks.map { $0["seq"]?.integer } == [1, 1])
        #expect(acks.count { $0["duplicate"]?.bool == true } == 1)
    }

    @Test("a member who is connected at a process with nobody in the room hears of what is unread")
    func unread() async throws {
        let service = try await Service()
        let room = try await service.servers[0].room(owner: "u_ann")
        let bob = try await service.client("u_bob", at: 1)
        try await bob.request("join", #""room":"\#(room)""#)
        try await bob.request("leave", #""room":"\#(room)""#)
        let ann = try await service.client("u_ann", at: 0)
        try await ann.request("join", #""room":"\#(room)""#)
        _ = try await say("for @u_bob", in: room, by: ann)
        let push = try await bob.push("unread_updated")
        #expect(push["room"]?.string == room)
        #expect(push["unread"]?.integer == 1)
    }

    @Test("a topic is one at all processes: snapshots, publications, what was missed, patterns, repeats")
    func topics() async throws {
        let service = try await Service()
        let token = ServerProcess.token("u_ann", subscribe: ["topic:*"], publish: ["topic:*"])
        let clients = [
            try await TestClient(service.servers[0], token: token),
            try await TestClient(service.servers[1], token: token),
        ]
        let draft = #""channel":"topic:lobby","data":{"n":1},"client_id":"p-1""#
        try await eventually("the processes reach each other") {
            (try? await clients[0].request("publish", draft)) != nil
        }
        #expect(try await clients[1].request("publish", draft)["duplicate"]?.bool == true)
        let snapshot = try await clients[1].request("subscribe", #""channels":["topic:lob*"]"#)
        let state = try #require(snapshot["channels"]?["topic:lobby"])
        #expect(state["data"]?["n"]?.integer == 1)
        let epoch = try #require(state["epoch"]?.string)
        let answer = try await service.servers[0].http(
            "POST", "/api/v1/publish", #"{"channel":"topic:lobby","data":{"n":2}}"#, token: token)
        #expect(answer.status == 200)
        let push = try await clients[1].push("publication")
        #expect(push["offset"]?.integer == 2)
        #expect(push["epoch"]?.string == epoch)
        let since = #""channels":["topic:lobby"],"since":{"topic:lobby":{"epoch":"\#(epoch)","offset":1}}"#
        let resumed = try await clients[0].request("subscribe", since)
        #expect(resumed["channels"]?["topic:lobby"]?["recovered"]?.bool == true)
        #expect(try await clients[0].push("publication")["data"]?["n"]?.integer == 2)
    }

    @Test("who is banned or signed out at one process is out at the other (F1)")
    func tables() async throws {
        let service = try await Service()
        let bob = try await service.client("u_bob", at: 1)
        let answer = try await service.servers[0].http(
            "POST", "/api/v1/auth/logout", #"{"everywhere":true}"#, token: ServerProcess.token("u_cat"))
        #expect(answer.status == 204)
        let ban = try await Tool.stoa(
            "user", "ban", "u_bob", "--data-dir", service.servers[0].dataDirectory.path)
        #expect(ban.status == 0, "\(ban.text)")
        #expect(try await bob.closeCode() == 4503)
        try await eventually("kept out at both") {
            let answer = try await service.servers[1].http(
                "GET", "/api/v1/me/rooms", token: ServerProcess.token("u_bob"))
            return answer.code == "banned"
        }
    }

    @Test("when a process dies its people leave once their lease is over, and its members go on elsewhere")
    func death() async throws {
        let service = try await Service()
        let room = try await service.servers[0].room(owner: "u_ann")
        let ann = try await service.client("u_ann", at: 0)
        let bob = try await service.client("u_bob", at: 1)
        for client in [ann, bob] { try await client.request("join", #""room":"\#(room)""#) }
        _ = try await ann.push("user_joined")
        _ = try await say("before", in: room, by: bob)
        service.servers[1].kill()
        #expect(try await ann.push("user_left", within: 20)["user"]?["id"]?.string == "u_bob")
        let again = try await service.client("u_bob", at: 0)
        try await again.request("join", #""room":"\#(room)""#)
        _ = try await ann.push("user_joined")
        #expect(try await say("after", in: room, by: again)["seq"]?.integer == 2)
        let pushes = try await ann.drain()
        #expect(pushes.count { $0["type"]?.string == "user_left" } == 0)
    }

    @Test("a ticket of one process opens a socket at the other, once in all")
    func tickets() async throws {
        let service = try await Service()
        let token = ServerProcess.token("u_ann")
        for place in [1, 0] {
            let answer = try await service.servers[0].http("POST", "/api/v1/auth/ticket", token: token)
            let ticket = try #require(answer.json?["ticket"]?.string)
            let client = try await TestClient(service.servers[place], path: "/ws?ticket=\(ticket)")
            let room = try await service.servers[place].room()
            let joined = try await client.request("join", #""room":"\#(room)""#)
            #expect(joined["type"]?.string == "joined")
            for server in service.servers {
                await #expect(throws: TestFailure.self) {
                    try await TestClient(server, path: "/ws?ticket=\(ticket)")
                }
            }
        }
        // Without Redis one is good where it was given.
        service.redis.kill()
        let answer = try await service.servers[0].http("POST", "/api/v1/auth/ticket", token: token)
        let ticket = try #require(answer.json?["ticket"]?.string)
        // The other one cannot say what it is, and says that (G4).
        let refused = try await SharedServersTests.handshake(service.servers[1], "/ws?ticket=\(ticket)")
        #expect(refused.contains("503") && refused.contains(#""code":"unavailable""#), "\(refused)")
        #expect(refused.lowercased().contains("retry-after: 1"), "\(refused)")
        _ = try await TestClient(service.servers[0], path: "/ws?ticket=\(ticket)")
    }

    /// The answer to a handshake that is refused.
    private static func handshake(_ server: ServerProcess, _ path: String) async throws -> String {
        let fields = [
            "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        let tool = try await Tool(
            "/usr/bin/curl",
            ["-s", "-i", "-m", "10"] + fields.flatMap { ["-H", $0] } + ["\(server.base)\(path)"])
        return tool.output
    }
}
