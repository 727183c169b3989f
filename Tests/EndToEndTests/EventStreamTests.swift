import JSON
import StoaTesting
import TestRandom
import Testing

@Suite("Server-sent events")
struct EventStreamTests {
    static let speaker = ServerProcess.token(
        "u_app", subscribe: ["topic:*"], publish: ["topic:*", "price:*"])

    static func publish(_ server: ServerProcess, _ channel: String, _ data: String) async throws {
        let answer = try await server.http(
            "POST", "/api/v1/publish", #"{"channel":"\#(channel)","data":\#(data)}"#, token: speaker)
        guard answer.status < 300 else { throw TestFailure("not published: \(answer.text)") }
    }

    @Test(
        "a channel that there is not is refused with what there is",
        arguments: [
            ("candles:A:2m", "1m, 5m, 15m, 1h, 4h, 1d"), ("leaderboard:nope", "leaderboard:month"),
            ("rooms", "neither a stream"), ("", "A channel has a name"),
        ])
    func unknown(channel: String, words: String) async throws {
        let server = try await ServerProcess()
        let answer = try await server.http(
            "GET", "/api/v1/stream?channel=\(channel)", token: PriceTests.reader)
        #expect(answer.status == 400 && answer.json?["field"]?.string == "channel", "\(answer.text)")
        #expect(answer.json?["detail"]?.string?.contains(words) == true, "\(answer.text)")
    }

    @Test("who is welcome gets a snapshot and each publication once, and after a cut exactly what was missed")
    func resume() async throws {
        let server = try await ServerProcess()
        try await Self.publish(server, "topic:a", "0")
        let query = "channel=topic:a&channel=topic:b"
        let reader = try await EventReader(server, query, token: Self.speaker)
        #expect(reader.head.headers["content-type"] == "text/event-stream; charset=utf-8")
        #expect(reader.head.headers["cache-control"] == "no-store")
        #expect(try await reader.next().type == "welcome")
        let snapshot = try await reader.next()
        #expect(snapshot.json?["channels"]?["topic:a"]?["data"]?.integer == 0)
        try await Self.publish(server, "topic:a", "1")
        try await Self.publish(server, "topic:b", "2")
        #expect(try await reader.next().json?["data"]?.integer == 1)
        let second = try await reader.next()
        #expect(second.json?["data"]?.integer == 2)
        let place = try #require(second.id)
        reader.connection.cut()
        for number in 3...5 { try await Self.publish(server, "topic:a", "\(number)") }
        for way in ["header", "query"] {
            let isHeader = way == "header"
            let back = try await EventReader(
                server, query + (isHeader ? "" : "&after=\(place)"), token: Self.speaker,
                lastID: isHeader ? place : nil)
            let again = try await back.next("snapshot")
            for channel in ["topic:a", "topic:b"] {
                #expect(again.json?["channels"]?[channel]?["recovered"]?.bool == true)
            }
            // A cut between the snapshot and what follows it loses nothing either.
            #expect(again.id == place)
            for number in 3...5 { #expect(try await back.next().json?["data"]?.integer == Int64(number)) }
        }
        // A place in other channels is none here.
        let other = try await EventReader(server, "channel=topic:a", token: Self.speaker, lastID: place)
        let whole = try await other.next("snapshot")
        #expect(whole.json?["channels"]?["topic:a"]?["recovered"]?.bool == false)
        #expect(whole.json?["channels"]?["topic:a"]?["data"]?.integer == 5)
    }

    @Test("a ring that has forgotten what was missed says so, and the place is behind it")
    func gap() async throws {
        let server = try await ServerProcess(["topics.rings": "topic:*=2"])
        let reader = try await EventReader(server, "channel=topic:a", token: Self.speaker)
        let place = try #require(try await reader.next("snapshot").id)
        for number in 1...5 { try await Self.publish(server, "topic:a", "\(number)") }
        let back = try await EventReader(server, "channel=topic:a", token: Self.speaker, lastID: place)
        let snapshot = try await back.next("snapshot")
        #expect(snapshot.json?["channels"]?["topic:a"]?["recovered"]?.bool == false)
        #expect(snapshot.id?.hasSuffix(":5") == true)
        #expect(try await back.next().type == "gap")
    }

    @Test("beside WebSockets on the same channel each gets its own form, and nothing of the other's")
    func besideWebSockets() async throws {
        let server = try await ServerProcess()
        let reader = try await EventReader(server, "channel=topic:a", token: Self.speaker)
        _ = try await reader.next("snapshot")
        let client = try await TestClient(server, token: Self.speaker)
        try await client.request("subscribe", #""channels":["topic:a"]"#)
        for number in 1...20 { try await Self.publish(server, "topic:a", "\(number)") }
        for number in 1...20 as ClosedRange<Int64> {
            let event = try await reader.next()
            #expect(event.json?["data"]?.integer == number && event.id != nil)
            #expect(try await client.push("publication")["data"]?.integer == number)
        }
    }

    @Test("line breaks that an application has in its JSON arrive as they were")
    func lineBreaks() async throws {
        let server = try await ServerProcess()
        let reader = try await EventReader(server, "channel=topic:a", token: Self.speaker)
        _ = try await reader.next("snapshot")
        // Over HTTP what is published is written anew; on a WebSocket it is passed on byte for byte.
        let writer = try await TestClient(server, token: Self.speaker)
        let data = "{\n  \"a\": \"b\\nc\",\r\n\r\n  \"d\": 1\n}"
        try await writer.request("publish", #""channel":"topic:a","data":"# + data)
        let event = try await reader.next()
        #expect(event.json?["data"]?["a"]?.string == "b\nc" && event.json?["data"]?["d"]?.integer == 1)
        try await Self.publish(server, "topic:a", "2")
        #expect(try await reader.next().json?["data"]?.integer == 2)
    }

    @Test(
        "prices come in batches, at most so often, with those fields that are wanted; the place counts each")
    func values() async throws {
        let server = try await ServerProcess()
        let reader = try await EventReader(
            server, "channel=price:A&channel=price:B&min_interval_ms=50&batch=true&fields=price",
            token: PriceTests.reader)
        _ = try await reader.next("snapshot")
        try await PriceTests.tell(server, #"[{"symbol":"A","price":"1"},{"symbol":"B","price":"2"}]"#)
        var seen: [String: Int64] = [:]
        var place = ""
        while seen.count < 2 {
            let event = try await reader.next("price_update")
            for value in event.json?["values"]?.object ?? [] {
                #expect(value.value["confidence"] == nil && value.value["price"] != nil)
                seen[value.name] = value.value["offset"]?.integer
            }
            place = try #require(event.id)
        }
        let back = try await EventReader(
            server, "channel=price:A&channel=price:B", token: PriceTests.reader, lastID: place)
        let snapshot = try await back.next("snapshot")
        #expect(snapshot.json?["channels"]?["price:B"]?["recovered"]?.bool == true)
        try await PriceTests.tell(server, #"{"symbol":"B","price":"3"}"#)
        #expect(try await back.next().json?["price"]?.string == "3")
    }

    @Test("a reader that lags gets the newest prices when it has caught up, in order; others notice nothing")
    func lagging() async throws {
        let server = try await ServerProcess()
        let slow = try await EventReader(
            server, "channel=price:A", token: PriceTests.reader, receiveBuffer: 4096)
        _ = try await slow.next("snapshot")
        slow.connection.pauseReading()
        let quick = try await EventReader(server, "channel=price:A", token: PriceTests.reader)
        _ = try await quick.next("snapshot")
        // Far more than the kernel's buffers take.
        let volume = String(repeating: "1", count: 17)
        let last = 40_000
        for start in stride(from: 1, through: last, by: 1000) {
            let ticks = (start..<start + 1000).map {
                #"{"symbol":"A","price":"\#($0)","volume":"\#(volume)"}"#
            }
            try await PriceTests.tell(server, "[\(ticks.joined(separator: ","))]")
        }
        func read(_ reader: EventReader) async throws -> Int {
            var (offset, count) = (Int64(0), 0)
            while offset < last {
                let next = try #require(try await reader.next("price_update").json?["offset"]?.integer)
                #expect(next > offset)
                (offset, count) = (next, count + 1)
            }
            return count
        }
        #expect(try await read(quick) <= last)
        slow.connection.resumeReading()
        #expect(try await read(slow) < last)
    }

    @Test("a person's own pushes come where they are asked for, and only there")
    func personal() async throws {
        let server = try await ServerProcess()
        let token = ServerProcess.token("u_bob")
        let room = try await server.room(owner: "u_ann")
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        let bob = try await TestClient(server, token: token)
        for client in [ann, bob] { try await client.request("join", #""room":"\#(room)""#) }
        try await bob.request("leave", #""room":"\#(room)""#)
        let own = try await EventReader(server, "channel=me", token: token)
        let other = try await EventReader(server, "channel=topic:a", token: Self.speaker)
        _ = try await own.next("snapshot")
        _ = try await other.next("snapshot")
        try await ann.request("chat_message", #""room":"\#(room)","content":"hello""#)
        #expect(try await own.next("unread_updated").json?["room"]?.string == room)
        try await Self.publish(server, "topic:a", "1")
        #expect(try await other.next().type == "publication")
    }

    @Test("a ticket opens a stream once; the server that goes away says when to come back, and ends it")
    func ticketAndDrain() async throws {
        let server = try await ServerProcess(["drain.window_ms": "300"])
        let ticket = try await server.http("POST", "/api/v1/auth/ticket", token: Self.speaker)
        let name = try #require(ticket.json?["ticket"]?.string)
        let reader = try await EventReader(server, "channel=topic:a&ticket=\(name)")
        _ = try await reader.next("snapshot")
        let again = try await server.http("GET", "/api/v1/stream?channel=topic:a&ticket=\(name)")
        #expect(again.status == 401 && again.code == "token_invalid")
        server.signal(15)
        let hint = try await reader.next("reconnect")
        #expect(hint.retry.map(Int64.init) == hint.json?["after_ms"]?.integer)
        let end = try await reader.next("stream_closed")
        #expect(end.json?["code"]?.integer == 4000)
        _ = try await reader.connection.receiveAll()
        #expect(await server.exitStatus() == 0)
    }

    @Test("a token that runs out ends its stream")
    func expiry() async throws {
        // It is good for 30 s longer than it says.
        let server = try await ServerProcess(["jwt.warning_ms": "0"])
        let reader = try await EventReader(
            server, "channel=topic:a",
            token: ServerProcess.token("u_ann", seconds: -29, subscribe: ["topic:a"]))
        let end = try await reader.next("stream_closed")
        #expect(end.json?["code"]?.integer == 4001)
    }

    @Test(
        "what cannot be asked is refused, with its field",
        arguments: [
            ("", 400, "invalid_field", "channel"), ("channel=foo", 400, "invalid_field", "channel"),
            ("channel=topic:a*b", 400, "invalid_field", "channel"),
            ("channel=topic:secret", 403, "forbidden", "channel"),
            ("channel=topic:a&min_interval_ms=x", 400, "invalid_field", "min_interval_ms"),
            ("channel=topic:a&min_interval_ms=60001", 400, "invalid_field", "min_interval_ms"),
            ("channel=topic:a&batch=1", 400, "invalid_field", "batch"),
            ("channel=topic:a&fields=", 400, "invalid_field", "fields"),
            ("channel=topic:a&color=red", 400, "invalid_field", "color"),
            ("channel=topic:a&wait_ms=1", 400, "invalid_field", "wait_ms"),
        ])
    func refusals(_ query: String, _ status: Int, _ code: String, _ field: String) async throws {
        let server = try await Self.shared()
        let token = ServerProcess.token("u_ann", subscribe: ["topic:a*"])
        let answer = try await server.http("GET", "/api/v1/stream?\(query)", token: token)
        #expect(answer.status == status && answer.code == code, "\(answer.text)")
        #expect(answer.json?["field"]?.string == field)
    }

    private static let one = Task { try await ServerProcess() }
    private static func shared() async throws -> ServerProcess { try await one.value }

    @Test("nobody reads without a token, and nothing is written here")
    func strangers() async throws {
        let server = try await Self.shared()
        for path in ["/api/v1/stream", "/api/v1/stream/poll"] {
            let answer = try await server.http("GET", path + "?channel=topic:a")
            #expect(answer.status == 401 && answer.code == "unauthenticated")
            let post = try await server.http("POST", path, "{}", token: Self.speaker)
            #expect(post.status == 405 && post.headers["allow"]?.contains("GET") == true)
        }
    }

    @Test("cut anywhere and resumed, a reader has every publication once and in order", arguments: 1...4)
    func property(seed: UInt64) async throws {
        let server = try await ServerProcess(["topics.rings": "topic:*=1000"])
        var random = SeededRandom(seed: seed)
        let query = "channel=topic:a&channel=topic:b"
        var (place, published) = (String?.none, 0)
        var seen: [Int64] = []
        for round in 0..<8 {
            let reader = try await EventReader(server, query, token: Self.speaker, lastID: place)
            let snapshot = try await reader.next("snapshot")
            place = snapshot.id ?? place
            #expect(round == 0 || snapshot.json?["channels"]?["topic:a"]?["recovered"]?.bool == true)
            let more = Int.random(in: 0...12, using: &random)
            for _ in 0..<more {
                published += 1
                let topic = Bool.random(using: &random) ? "topic:a" : "topic:b"
                try await Self.publish(server, topic, "\(published)")
            }
            let goal = Int.random(in: seen.count...published, using: &random)
            while seen.count < (round == 7 ? published : goal) {
                let event = try await reader.next()
                seen.append(try #require(event.json?["data"]?.integer))
                #expect(event.id != nil)
                place = event.id
            }
            reader.connection.cut()
        }
        // Missed publications of two topics come topic by topic, so that each topic's own order is what holds.
        #expect(seen.sorted() == (1...max(1, Int64(published))).filter { $0 <= published })
    }
}
