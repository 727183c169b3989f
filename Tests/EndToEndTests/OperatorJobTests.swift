import Foundation
import JSON
import StoaTesting
import Testing

@Suite("The operator's commands for jobs and the ledger")
struct OperatorJobTests {
    private static func stoa(_ server: ServerProcess, _ arguments: String...) async throws -> Tool {
        try await Tool(
            ServerProcess.program.path, arguments + ["--data-dir", server.dataDirectory.path],
            environment: ["STOA_JWT_SECRET": ServerProcess.secret])
    }

    /// A server in which somebody has earned something that is to be minted, with the job's id and the operator's key.
    private static func prepared() async throws -> (ServerProcess, job: String, key: String) {
        let server = try await ServerProcess(ProgressTests.quick)
        let key = try await ProgressTests.key(server, "admin")
        let made = try await server.http(
            "POST", "/api/v1/achievements",
            #"{"id":"a","name":"A","xp":25,"mint":"m","rule":\#(ProgressTests.messages(1))}"#, token: key)
        guard made.status == 201 else { throw TestFailure(made.text) }
        let room = try await server.room(owner: "u_ann")
        _ = try await server.http(
            "POST", "/api/v1/rooms/\(room)/messages", #"{"content":"x"}"#, token: ServerProcess.token("u_ann")
        )
        var job: String?
        try await eventually("it is to be minted", within: 30) {
            let list = try await server.http("GET", "/api/v1/jobs?state=waiting&kind=mint", token: key)
            job = list.json?["jobs"]?[0]?["id"]?.string
            return job != nil
        }
        return (server, try #require(job), key)
    }

    @Test("jobs are listed, shown, retried and dropped over REST; it is in the record")
    func rest() async throws {
        let (server, id, key) = try await OperatorJobTests.prepared()
        let path = "/api/v1/jobs/\(id)"
        let shown = try await server.http("GET", path, token: key)
        #expect(shown.json?["kind"]?.string == "mint" && shown.json?["user"]?.string == "u_ann")
        #expect(shown.json?["payload"]?["achievement"]?.string == "a")

        // A worker who fails is to wait; the operator has the job begun at once.
        let leased = try await server.http("POST", "/api/v1/jobs/lease", "{}", token: key)
        let lease = try #require(leased.json?["jobs"]?[0]?["lease"]?.string)
        let running = try await server.http("GET", "/api/v1/jobs?state=running", token: key)
        #expect(running.json?["jobs"]?.array?.map { $0["id"]?.string } == [id])
        for (method, target) in [("POST", path + "/retry"), ("DELETE", path)] {
            #expect(try await server.http(method, target, token: key).code == "conflict")
        }
        let failed = try await server.http(
            "POST", path + "/fail", #"{"lease":"\#(lease)","error":"no gas"}"#, token: key)
        #expect(failed.json?["state"]?.string == "waiting")
        let retried = try await server.http("POST", path + "/retry", token: key)
        #expect(retried.json?["attempts"]?.integer == 0 && retried.json?["error"]?.string == "no gas")
        #expect((retried.json?["due_at"]?.integer ?? 0) < (failed.json?["due_at"]?.integer ?? .max))
        let all = try await server.http("POST", "/api/v1/jobs/retry", #"{"state":"dead"}"#, token: key)
        #expect(all.json?["retried"]?.integer == 0, "\(all.text)")
        #expect(try await server.http("POST", "/api/v1/jobs/retry", "{}", token: key).code == "invalid_field")
        #expect(try await server.http("GET", "/api/v1/jobs?state=lost", token: key).code == "invalid_field")
        #expect(try await server.http("DELETE", path, token: key).status == 204)
        #expect(try await server.http("GET", path, token: key).code == "not_found")

        let ann = ServerProcess.token("u_ann")
        #expect(try await server.http("GET", path, token: ann).code == "forbidden")
        // Refusals are written behind their answers.
        try await eventually("it is in the record", within: 30) {
            let record = try await server.http("GET", "/api/v1/audit?action=job.", token: key)
            let actions = record.json?["entries"]?.array?.map {
                "\($0["action"]?.string ?? "") \($0["target"]?.string ?? "") \($0["outcome"]?.string ?? "")"
            }
            let wanted = ["job.retry \(id) done", "job.drop \(id) done", "job.read \(id) forbidden"]
            return Set(wanted).isSubset(of: actions ?? [])
        }
        await server.stop()
    }

    @Test("`stoa jobs` and `stoa progress` go through the running server, and else to the store")
    func commands() async throws {
        let (server, id, _) = try await OperatorJobTests.prepared()
        for isRunning in [true, false] {
            if !isRunning { await server.stop() }
            let list = try await OperatorJobTests.stoa(server, "jobs", "list", "--kind", "mint")
            #expect(list.status == 0 && list.output.contains(id), "\(list.text)")
            let dead = try await OperatorJobTests.stoa(server, "jobs", "list", "--state", "dead")
            #expect(dead.output.contains(#""jobs":[]"#), "\(dead.text)")
            #expect(try await OperatorJobTests.stoa(server, "jobs", "show", id).output.contains("payload"))
            let retried = try await OperatorJobTests.stoa(server, "jobs", "retry", id)
            #expect(retried.output.contains(#""state":"waiting""#), "\(retried.text)")
            let all = try await OperatorJobTests.stoa(server, "jobs", "retry", "--dead")
            #expect(all.output.contains(#""retried":0"#), "\(all.text)")
            for user in [[], ["--user", "u_ann"]] {
                let rebuilt = try await Tool(
                    ServerProcess.program.path,
                    ["progress", "rebuild", "--data-dir", server.dataDirectory.path] + user,
                    environment: ["STOA_JWT_SECRET": ServerProcess.secret])
                #expect(rebuilt.output.contains(#"{"mended":0}"#), "\(rebuilt.text)")
            }
            let unclear = try await OperatorJobTests.stoa(server, "jobs", "retry")
            #expect(unclear.status == 2 && unclear.errors.contains("--dead"))
        }
        #expect(try await OperatorJobTests.stoa(server, "jobs", "drop", id).output.contains("dropped \(id)"))
        let gone = try await OperatorJobTests.stoa(server, "jobs", "drop", id)
        #expect(gone.status == 1 && gone.errors.contains("no such job"))
        try await server.start()
        #expect(try await ProgressTests.progress(server, "u_ann")["xp"]?.integer == 25)
        await server.stop()
    }
}
