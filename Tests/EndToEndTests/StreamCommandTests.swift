import JSON
import StoaTesting
import Testing

@Suite("stoa tail and stoa publish")
struct StreamCommandTests {
    @Test("what is published is tailed: a snapshot, then each message on its line")
    func both() async throws {
        let server = try await ServerProcess()
        let place = ["--data-dir", server.dataDirectory.path]
        let said = try await Tool.stoa("publish", "topic:a b", #"{"text":"one"}"#, place[0], place[1])
        #expect(said.status == 0 && said.output.contains(#""offset":1"#), "\(said.text)")
        async let tail = Tool.stoa(
            "tail", "topic:a b", "--also", "price:*", "--count", "4", place[0], place[1])
        let reader = try await TestClient(server, token: EventStreamTests.speaker)
        let watcher = ServerProcess.token("u_watch", metrics: true)
        try await eventually("it listens") {
            try await server.http("GET", "/metrics", token: watcher).text
                .contains(#"stoa_connections{kind="events",state="live"} 1"#)
        }
        try await reader.request("publish", #""channel":"topic:a b","data":[1,"# + "\n2]")
        let below = try await Tool.stoa("publish", "topic:c", "-1.5", place[0], place[1])
        #expect(below.status == 0 && below.output.contains(#""offset":1"#), "\(below.text)")
        let price = try await Tool.stoa("publish", "price:A-B", "64000.50", place[0], place[1])
        #expect(price.status == 0 && price.output.contains(#""accepted":1"#), "\(price.text)")
        let told = try await tail
        #expect(told.status == 0, "\(told.text)")
        let lines = told.output.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
        #expect(
            lines.compactMap { $0["type"]?.string } == [
                "snapshot", "publication", "snapshot", "price_update",
            ])
        #expect(lines.last?["price"]?.string == "64000.5")
    }

    @Test("lines of the standard input are published each, until one is refused")
    func input() async throws {
        let server = try await ServerProcess()
        let program = ServerProcess.program.path
        let tool = try await Tool.shell(
            "printf '1\\n2\\nno\\n4\\n' | STOA_JWT_SECRET=\(ServerProcess.secret) '\(program)' publish topic:a - --data-dir '\(server.dataDirectory.path)'"
        )
        #expect(tool.status == 2 && tool.errors.contains("JSON, not no;"), "\(tool.text)")
        #expect(tool.errors.contains(#"'"hello"'"#), "\(tool.text)")
        #expect(tool.output.contains(#""offset":2"#) && !tool.output.contains(#""offset":3"#))
    }

    @Test("refusals have words, and no server is status 1")
    func refusals() async throws {
        let server = try await ServerProcess()
        let place = server.dataDirectory.path
        let bad = try await Tool.stoa("tail", "rooms", "--data-dir", place)
        #expect(bad.status == 1 && bad.errors.contains("neither a stream"), "\(bad.text)")
        let price = try await Tool.stoa("publish", "price:A", #"{"price":"-1"}"#, "--data-dir", place)
        #expect(price.status == 1 && price.errors.contains("price"), "\(price.text)")
        // No flag, but no price either.
        let below = try await Tool.stoa("publish", "price:A", "-1", "--data-dir", place)
        #expect(below.status == 1 && below.errors == price.errors, "\(below.text)")
        let gone = try await Tool.stoa("tail", "topic:a", "--data-dir", place + "/none")
        #expect(gone.status == 1 && gone.errors.contains("no server runs"), "\(gone.text)")
    }
}
