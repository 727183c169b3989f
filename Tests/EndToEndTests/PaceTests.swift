import JSON
import StoaTesting
import Testing

@Suite("A person's pace over HTTP")
struct PaceTests {
    private static func key(_ server: ServerProcess, _ scopes: String...) async throws -> String {
        let made = try await Tool(
            ServerProcess.program.path,
            ["key", "create", "--name", "bot"] + scopes.flatMap { ["--scope", $0] }
                + ["--data-dir", server.dataDirectory.path])
        return try #require(try JSONValue(parsing: made.output)["key"]?.string)
    }

    @Test("one person's requests have the pace of one connection, whatever they ask; others have their own")
    func requests() async throws {
        let server = try await ServerProcess(["limits.commands_per_second": "1"])
        let ann = ServerProcess.token("u_ann")
        // Asked at once: the third comes before a second has passed.
        let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
            for _ in 0..<8 {
                group.addTask { try await server.http("GET", "/api/v1/me/rooms", token: ann) }
            }
            return try await group.reduce(into: [HTTPAnswer]()) { $0.append($1) }
        }
        #expect(answers.contains { $0.status == 200 })
        let refused = try #require(answers.first { $0.status == 429 })
        #expect(refused.code == "rate_limited")
        #expect(refused.headers["retry-after"].flatMap { Int($0) }.map { (1...2).contains($0) } == true)
        #expect(refused.headers["ratelimit-policy"] == #""requests";q=2;w=2"#)
        #expect(refused.headers["ratelimit"]?.hasPrefix(#""requests";r=0;t="#) == true)
        let bob = try await server.http("GET", "/api/v1/me/rooms", token: ServerProcess.token("u_bob"))
        #expect(bob.status == 200)
        await server.stop()
    }

    @Test("each publication of a list counts by itself, and those beyond the pace are refused one by one")
    func publications() async throws {
        let server = try await ServerProcess([
            "limits.commands_per_second": "1", "limits.key_commands_per_second": "50",
        ])
        let list = "[" + (0..<20).map { #"{"channel":"topic:a","data":\#($0)}"# }.joined(separator: ",") + "]"
        func refusals(_ token: String) async throws -> Int {
            let answer = try await server.http("POST", "/api/v1/publish", list, token: token)
            #expect(answer.status == 200)
            let codes = try #require(answer.json?.array).map { $0["code"]?.string }
            #expect(codes.count == 20 && codes[0] == nil)
            return codes.count { $0 == "rate_limited" }
        }
        let people = try await refusals(ServerProcess.token("u_ann", publish: ["topic:*"]))
        #expect((16...18).contains(people))
        // A program has more: the operator gave it its key.
        #expect(try await refusals(try await PaceTests.key(server, "publish:topic:*")) == 0)
        await server.stop()
    }

    @Test("one person makes so many rooms in an hour; who runs the server as many as they like")
    func rooms() async throws {
        let server = try await ServerProcess(["limits.rooms_per_hour": "2"])
        func make(_ token: String) async throws -> HTTPAnswer {
            try await server.http("POST", "/api/v1/rooms", #"{"name":"Algebra"}"#, token: token)
        }
        let ann = ServerProcess.token("u_ann")
        // What is no room counts for nothing.
        #expect(try await server.http("POST", "/api/v1/rooms", #"{"name":7}"#, token: ann).status == 400)
        for _ in 0..<2 { #expect(try await make(ann).status == 201) }
        let refused = try await make(ann)
        #expect(refused.status == 429 && refused.code == "rate_limited")
        let wait = try #require(refused.headers["retry-after"].flatMap { Int($0) })
        #expect((1700...1800).contains(wait))
        #expect(refused.headers["ratelimit-policy"] == #""rooms";q=2;w=3600"#)
        #expect(refused.headers["ratelimit"]?.hasPrefix(#""rooms";r=0;t=3"#) == true)
        #expect(try await make(ServerProcess.token("u_bob")).status == 201)
        let admin = try await PaceTests.key(server, "admin")
        for _ in 0..<4 { #expect(try await make(admin).status == 201) }
        await server.stop()
    }
}
