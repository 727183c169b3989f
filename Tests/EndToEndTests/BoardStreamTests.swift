import JSON
import StoaTesting
import Testing

@Suite("Leaderboards of rooms without a WebSocket")
struct BoardStreamTests {
    private static func earn(_ server: ServerProcess, _ room: String, _ number: Int, key: String) async throws
    {
        let told = try await server.http(
            "POST", "/api/v1/events",
            #"{"id":"e\#(number)","user":"u_ann","kind":"challenge_completed","room":"\#(room)","data":{"difficulty":"easy"}}"#,
            token: key)
        #expect(told.status == 200, "\(told.text)")
    }

    /// A server, a room of Ann's that Bob is a member of, and the operator's key.
    private static func prepared(_ type: String) async throws -> (ServerProcess, room: String, key: String) {
        let server = try await ServerProcess(
            ProgressTests.quick.merging(["websocket.ping_ms": "1000", "websocket.pong_ms": "500"]) { $1 })
        let key = try await ProgressTests.key(server, "admin")
        let made = try await server.http(
            "POST", "/api/v1/rooms", #"{"name":"Algebra","type":"\#(type)"}"#,
            token: ServerProcess.token("u_ann"))
        let room = try #require(made.json?["id"]?.string, "\(made.text)")
        guard type == "public" else { return (server, room, key) }
        let bob = try await TestClient(server, token: ServerProcess.token("u_bob"))
        try await bob.request("join", #""room":"\#(room)""#)
        bob.close()
        _ = try await bob.closeCode()
        return (server, room, key)
    }

    @Test("members hear it by events and polls, also by a ticket; others do not")
    func members() async throws {
        let (server, room, key) = try await Self.prepared("public")
        let query = "channel=leaderboard:\(room)"
        let bob = ServerProcess.token("u_bob")
        let reader = try await EventReader(server, query, token: bob)
        _ = try await reader.next("snapshot")
        let ticket = try await server.http("POST", "/api/v1/auth/ticket", token: bob)
        let name = try #require(ticket.json?["ticket"]?.string)
        let other = try await EventReader(server, query + "&ticket=\(name)")
        _ = try await other.next("snapshot")
        let first = try await server.http("GET", "/api/v1/stream/poll?\(query)", token: bob)
        let place = try #require(first.json?["next"]?.string, "\(first.text)")
        try await Self.earn(server, room, 1, key: key)
        for reader in [reader, other] {
            // How it stood when somebody came is told before.
            var update: JSONValue?
            repeat {
                update = try await reader.next("leaderboard_update").json
                #expect(update?["board"]?.string == room)
            } while update?["top"]?.array?.isEmpty != false
            #expect(update?["top"]?[0]?["user"]?["id"]?.string == "u_ann")
        }
        let second = try await server.http(
            "GET", "/api/v1/stream/poll?\(query)&after=\(place)", token: bob)
        let news = second.json?["messages"]?.array ?? []
        #expect(news.last?["channel"]?.string == "leaderboard:\(room)", "\(second.text)")
        let stranger = ServerProcess.token("u_eve")
        for path in ["/api/v1/stream", "/api/v1/stream/poll"] {
            let refused = try await server.http("GET", "\(path)?\(query)", token: stranger)
            #expect(refused.status == 403 && refused.code == "not_joined", "\(refused.text)")
            #expect(refused.json?["field"]?.string == "channel")
            let read = try await server.http("GET", "/api/v1/leaderboards/room:\(room)", token: stranger)
            #expect(read.code == refused.code)
        }
    }

    @Test("a private room's is for its members alone, and a stranger learns nothing of the room")
    func hidden() async throws {
        let (server, room, _) = try await Self.prepared("private")
        let query = "channel=leaderboard:\(room)"
        let reader = try await EventReader(server, query, token: ServerProcess.token("u_ann"))
        _ = try await reader.next("snapshot")
        let stranger = ServerProcess.token("u_eve")
        let refused = try await server.http("GET", "/api/v1/stream?\(query)", token: stranger)
        let read = try await server.http("GET", "/api/v1/leaderboards/room:\(room)", token: stranger)
        #expect(refused.status == read.status && refused.code == read.code, "\(refused.text)")
    }

    @Test("who is a member no more hears no more of it, and is told")
    func removed() async throws {
        let (server, room, key) = try await Self.prepared("public")
        let channels = "channel=leaderboard:\(room)&channel=leaderboard:global"
        let reader = try await EventReader(server, channels, token: ServerProcess.token("u_bob"))
        _ = try await reader.next("snapshot")
        let removed = try await server.http(
            "DELETE", "/api/v1/rooms/\(room)/members/u_bob", token: ServerProcess.token("u_ann"))
        #expect(removed.status == 204, "\(removed.text)")
        let error = try await reader.next("error")
        #expect(error.json?["code"]?.string == "forbidden")
        #expect(error.json?["details"]?["channel"]?.string == "leaderboard:\(room)")
        try await Self.earn(server, room, 2, key: key)
        // What is said of both boards comes with the same change; of one alone here.
        let update = try await reader.next("leaderboard_update")
        #expect(update.json?["board"]?.string == "global")
    }

    @Test(
        "a reader that comes back to a pattern begins with the newest values, whose places say what it missed"
    )
    func patterns() async throws {
        let server = try await ServerProcess()
        let query = "channel=price:A&channel=price:B*"
        let reader = try await EventReader(server, query, token: PriceTests.reader)
        _ = try await reader.next("snapshot")
        try await PriceTests.tell(server, #"{"symbol":"B1","price":"1"}"#)
        // The place says nothing of it.
        let first = try await reader.next("price_update")
        #expect(first.json?["channel"]?.string == "price:B1" && first.json?["offset"]?.integer == 1)
        try await PriceTests.tell(server, #"{"symbol":"A","price":"1"}"#)
        let place = try #require(try await reader.next("price_update").id)
        reader.connection.cut()
        for price in 2...4 {
            for symbol in ["A", "B1"] {
                try await PriceTests.tell(server, #"{"symbol":"\#(symbol)","price":"\#(price)"}"#)
            }
        }
        let back = try await EventReader(server, query, token: PriceTests.reader, lastID: place)
        let channels = try await back.next("snapshot").json?["channels"]
        #expect(channels?["price:A"]?["recovered"]?.bool == true)
        #expect(channels?["price:B1"]?["recovered"]?.bool == false)
        // Three more than the one that it had.
        #expect(channels?["price:B1"]?["offset"]?.integer == 4)
        #expect(channels?["price:B1"]?["values"]?["B1"]?["price"]?.string == "4")
        for price in 2...4 {
            let update = try await back.next()
            #expect(update.json?["channel"]?.string == "price:A" && update.type == "price_update")
            #expect(update.json?["price"]?.string == "\(price)")
        }
        try await PriceTests.tell(server, #"{"symbol":"B1","price":"5"}"#)
        #expect(try await back.next().json?["offset"]?.integer == 5)
    }
}
