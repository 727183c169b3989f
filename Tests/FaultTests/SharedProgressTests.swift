import JSON
import StoaTesting
import Testing

@Suite("Progress of several processes", .timeLimit(.minutes(4)))
struct SharedProgressTests {
    private static let quick = [
        "progress.delay_ms": "10", "leaderboards.tell_ms": "50", "progress.sweep_ms": "200", "dev": "true",
    ]

    private static func key(_ server: ServerProcess) async throws -> String {
        let tool = try await Tool(
            ServerProcess.program.path,
            [
                "key", "create", "--name", "k", "--scope", "progress:write", "--data-dir",
                server.dataDirectory.path,
            ])
        return try #require(try JSONValue(parsing: tool.output)["key"]?.string, "\(tool.text)")
    }

    @Test("what people say at several processes at a time counts once, and all of them show the same")
    func everywhere() async throws {
        let service = try await SharedService(SharedProgressTests.quick)
        let room = try await service.servers[0].room(owner: "u_0")
        let clients = [try await service.client("u_ann", at: 0), try await service.client("u_bob", at: 1)]
        for client in clients {
            try await client.request("join", #""room":"\#(room)""#)
            try await client.request(
                "subscribe", #""channels":["leaderboard:global","leaderboard:\#(room)"]"#)
        }
        for _ in 0..<12 {
            for client in clients {
                try await client.request("chat_message", #""room":"\#(room)","content":"x""#)
            }
        }
        // First words and ten of them: 75 each.
        for client in clients {
            for id in ["first_message", "ten_messages"] {
                _ = try await client.push("achievement_earned") { $0["achievement"]?.string == id }
            }
            for board in ["global", room] {
                _ = try await client.push("leaderboard_update") { update in
                    update["board"]?.string == board
                        && update["top"]?.array?.map { $0["xp"]?.integer } == [75, 75]
                }
            }
        }
        let key = try await SharedProgressTests.key(service.servers[0])
        let event = #"{"id":"1","user":"u_bob","kind":"challenge_completed","data":{"difficulty":"easy"}}"#
        for server in service.servers {
            try await eventually("the key is known everywhere") {
                try await server.http("POST", "/api/v1/events", "[]", token: key).status == 200
            }
        }
        async let here = service.servers[0].http("POST", "/api/v1/events", event, token: key)
        async let there = service.servers[1].http("POST", "/api/v1/events", event, token: key)
        let answers = try await [here, there]
        #expect(answers.compactMap { $0.json?["accepted"]?.integer }.reduce(0, +) == 1)
        for server in service.servers {
            let board = try await server.http(
                "GET", "/api/v1/leaderboards/global", token: ServerProcess.token("u_ann"))
            #expect(board.json?["top"]?.array?.map { $0["xp"]?.integer } == [100, 75], "\(board.text)")
            #expect(board.json?["own"]?["rank"]?.integer == 2)
        }
        for client in clients {
            _ = try await client.push("leaderboard_update") { update in
                update["board"]?.string == "global"
                    && update["top"]?.array?.map { $0["xp"]?.integer } == [100, 75]
            }
        }
    }
}
