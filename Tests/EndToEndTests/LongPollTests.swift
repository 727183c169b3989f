import JSON
import StoaTesting
import TestRandom
import Testing

@Suite("Long polls")
struct LongPollTests {
    private static func poll(
        _ server: ServerProcess, _ query: String, after: String? = nil,
        token: String = EventStreamTests.speaker
    ) async throws -> HTTPAnswer {
        let place = after.map { "&after=\($0)" } ?? ""
        return try await server.http("GET", "/api/v1/stream/poll?\(query)\(place)", token: token)
    }

    private static func data(_ answer: HTTPAnswer) -> [Int64] {
        (answer.json?["messages"]?.array ?? []).compactMap { $0["data"]?.integer }
    }

    @Test(
        "the first one is answered at once, the next one when something is said, or with nothing in the end")
    func waits() async throws {
        let server = try await ServerProcess()
        let first = try await Self.poll(server, "channel=topic:a")
        #expect(first.status == 200)
        #expect(first.json?["messages"]?.array?.first?["type"]?.string == "snapshot")
        let place = try #require(first.json?["next"]?.string)
        let empty = try await Self.poll(server, "channel=topic:a&wait_ms=0", after: place)
        #expect(empty.json?["messages"]?.array?.isEmpty == true && empty.json?["next"]?.string == place)
        async let waiting = Self.poll(server, "channel=topic:a", after: place)
        try await EventStreamTests.publish(server, "topic:a", "1")
        let answer = try await waiting
        #expect(Self.data(answer) == [1])
        let next = try #require(answer.json?["next"]?.string)
        // Between two of them nothing is lost.
        for number in 2...4 { try await EventStreamTests.publish(server, "topic:a", "\(number)") }
        let missed = try await Self.poll(server, "channel=topic:a", after: next)
        #expect(Self.data(missed) == [2, 3, 4])
    }

    @Test("several follow one another on a connection; a server that goes away answers them")
    func keepsAlive() async throws {
        let server = try await ServerProcess()
        let connection = try RawConnection(port: server.port)
        func ask(_ query: String) {
            connection.send(
                "GET /api/v1/stream/poll?\(query) HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(EventStreamTests.speaker)\r\n\r\n"
            )
        }
        func answer() async throws -> String {
            try await connection.receive { bytes, _ in
                let text = String(decoding: bytes, as: UTF8.self)
                guard text.contains(#""next":""#), text.hasSuffix("}") else { return nil }
                bytes = []
                return text
            }
        }
        ask("channel=topic:a")
        let first = try HTTPAnswer(raw: try await answer())
        #expect(first.headers["connection"] != "close")
        let place = try #require(first.json?["next"]?.string)
        ask("channel=topic:a&after=\(place)")
        try await EventStreamTests.publish(server, "topic:a", "1")
        #expect(Self.data(try HTTPAnswer(raw: try await answer())) == [1])
        async let waiting = answer()
        ask("channel=topic:a&after=\(place.dropLast())1")
        let watcher = ServerProcess.token("u_watch", metrics: true)
        try await eventually("it waits") {
            try await server.http("GET", "/metrics", token: watcher).text
                .contains(#"stoa_connections{kind="http",state="polling"} 1"#)
        }
        server.signal(15)
        let last = try HTTPAnswer(raw: try await waiting)
        #expect(last.status == 200 && Self.data(last).isEmpty)
        #expect(await server.exitStatus() == 0)
    }

    @Test(
        "what cannot be asked is refused, with its field",
        arguments: [
            ("channel=topic:a*", "channel"), ("channel=topic:a&wait_ms=55001", "wait_ms"),
            ("channel=topic:a&wait_ms=soon", "wait_ms"), ("", "channel"),
        ])
    func refusals(_ query: String, _ field: String) async throws {
        let server = try await ServerProcess()
        let answer = try await Self.poll(server, query)
        #expect(answer.status == 400 && answer.code == "invalid_field")
        #expect(answer.json?["field"]?.string == field)
    }

    @Test("polled again and again, every publication comes once and in order", arguments: 1...3)
    func property(seed: UInt64) async throws {
        let server = try await ServerProcess()
        var random = SeededRandom(seed: seed)
        var place = try await Self.poll(server, "channel=topic:a").json?["next"]?.string
        var (published, seen) = (Int64(0), [Int64]())
        for _ in 0..<10 {
            let ahead = Int.random(in: 0...3, using: &random)
            for _ in 0..<ahead {
                published += 1
                try await EventStreamTests.publish(server, "topic:a", "\(published)")
            }
            let now = place
            async let answer = Self.poll(server, "channel=topic:a", after: now)
            if ahead == 0 || Bool.random(using: &random) {
                published += 1
                try await EventStreamTests.publish(server, "topic:a", "\(published)")
            }
            let got = try await answer
            seen += Self.data(got)
            place = got.json?["next"]?.string
        }
        while seen.count < published {
            let got = try await Self.poll(server, "channel=topic:a", after: place)
            seen += Self.data(got)
            place = got.json?["next"]?.string
        }
        #expect(seen == Array(1...published))
    }
}
