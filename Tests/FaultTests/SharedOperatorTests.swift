import Foundation
import JSON
import StoaTesting
import Testing

@Suite("The operator of several processes", .timeLimit(.minutes(4)))
struct SharedOperatorTests {
    private static func stoa(_ server: ServerProcess, _ arguments: String...) async throws -> JSONValue {
        let tool = try await Tool(
            ServerProcess.program.path, arguments + ["--data-dir", server.dataDirectory.path],
            environment: ["STOA_JWT_SECRET": ServerProcess.secret])
        guard tool.status == 0 else { throw TestFailure(tool.text) }
        return try JSONValue(parsing: tool.output)
    }

    @Test("sums that are wrong are made anew from the ledger, and every process shows them, live too")
    func rebuild() async throws {
        let service = try await SharedService([
            "progress.delay_ms": "10", "leaderboards.tell_ms": "50", "dev": "true",
        ])
        let room = try await service.servers[0].room(owner: "u_ann")
        let ann = try await service.client("u_ann", at: 1)
        try await ann.request("subscribe", #""channels":["leaderboard:global"]"#)
        try await ann.request("join", #""room":"\#(room)""#)
        try await ann.request("chat_message", #""room":"\#(room)","content":"x""#)
        func top(_ server: ServerProcess) async throws -> [Int64?]? {
            let board = try await server.http(
                "GET", "/api/v1/leaderboards/global", token: ServerProcess.token("u_ann"))
            return board.json?["top"]?.array?.map { $0["xp"]?.integer }
        }
        func isTold(_ experience: Int64) async throws {
            _ = try await ann.push("leaderboard_update") { update in
                update["top"]?.array?.map { $0["xp"]?.integer } == [experience]
            }
        }
        try await isTold(25)
        // Whoever reads the sums anew while they are wrong shows what is wrong.
        try await service.postgres.query("UPDATE xp_boards SET xp = 7 WHERE user_id = 'u_ann'")
        try await service.postgres.query("UPDATE progress_people SET xp = 7 WHERE user_id = 'u_ann'")
        try await service.postgres.query("UPDATE progress_clock SET erasures = erasures + 1")
        try await isTold(7)
        let other = try await SharedOperatorTests.stoa(
            service.servers[0], "progress", "rebuild", "--user", "u_bob")
        #expect(other["mended"]?.integer == 0)
        // All time, the month, the room, and the person's own.
        let mended = try await SharedOperatorTests.stoa(service.servers[0], "progress", "rebuild")
        #expect(mended["mended"]?.integer == 4)
        try await isTold(25)
        for server in service.servers { #expect(try await top(server) == [25]) }
    }

    @Test("an export is whole however much there is, in parts of bounded size, and says how much (F5)")
    func largeExport() async throws {
        let service = try await SharedService(["dev": "true"])
        let server = service.servers[0]
        try await service.postgres.query(
            """
            INSERT INTO progress_events (tenant_id, id, user_id, kind, room_id, at, data)
            SELECT 'default', 'e' || n, 'u_eve', 'k', NULL, n, '{"text":"' || repeat('x', 400) || '"}'
            FROM generate_series(1, 12345) n
            """)
        let token = ServerProcess.token("u_eve")
        let asked = try await server.http("POST", "/api/v1/me/export", token: token)
        let path = "/api/v1/me/export/\(asked.json?["job"]?.string ?? "")"
        var job: JSONValue?
        try await eventually("it is done", within: 60) {
            job = try await server.http("GET", path, token: token).json
            return job?["state"]?.string == "done"
        }
        var (lines, last) = (0, "")
        for part in 0..<(job?["parts"]?.integer ?? 0) {
            let text = try await server.http("GET", "\(path)/parts/\(part)", token: token).text
            #expect(text.utf8.count < 1 << 20)
            let events = text.split(separator: "\n")
            lines += events.count { $0.contains(#""kind":"event""#) }
            last = events.last.map { String($0) } ?? last
        }
        #expect(lines == 12345)
        #expect(try JSONValue(parsing: last)["counts"]?["event"]?.integer == 12345, "\(last)")
        #expect(job?["receipt"]?["counts"]?["event"]?.integer == 12345)
    }

    @Test("what was given up is found and begun anew by a command, and then done")
    func deadJobs() async throws {
        let service = try await SharedService(["dev": "true"])
        let (server, postgres) = (service.servers[0], service.postgres)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        // Nobody does jobs of this kind: a worker outside does.
        try await postgres.query(
            """
            INSERT INTO jobs (id, kind, key, tenant_id, user_id, state, payload, error, attempts, attempt_limit, due_at,
                lease, worker, made_at, ended_at)
            VALUES ('j1', 'mint', 'x', 'default', 'u_ann', 'dead', '{}', 'no gas', 20, 20, 0, '', 'w', 1, \(now))
            """)
        let dead = try await SharedOperatorTests.stoa(server, "jobs", "list", "--state", "dead")
        #expect(dead["jobs"]?[0]?["id"]?.string == "j1" && dead["jobs"]?[0]?["error"]?.string == "no gas")
        #expect(dead["jobs"]?[0]?["ended_at"]?.integer == now && dead["jobs"]?[0]?["due_at"] == nil)
        let retried = try await SharedOperatorTests.stoa(server, "jobs", "retry", "--dead", "--kind", "mint")
        #expect(retried["retried"]?.integer == 1)
        let tool = try await Tool(
            ServerProcess.program.path,
            ["key", "create", "--name", "k", "--scope", "admin", "--data-dir", server.dataDirectory.path])
        let key = try #require(try JSONValue(parsing: tool.output)["key"]?.string, "\(tool.text)")
        let leased = try await server.http("POST", "/api/v1/jobs/lease", "{}", token: key)
        let lease = try #require(leased.json?["jobs"]?[0]?["lease"]?.string, "\(leased.text)")
        let done = try await server.http(
            "POST", "/api/v1/jobs/j1/complete", #"{"lease":"\#(lease)","result":{"mint":"m1"}}"#, token: key)
        #expect(done.status == 204, "\(done.text)")
        let shown = try await SharedOperatorTests.stoa(server, "jobs", "show", "j1")
        #expect(shown["state"]?.string == "done" && shown["result"]?["mint"]?.string == "m1")
    }
}
