import PostgresStorage
import StoaTesting
import Storage
import StoreTesting
import Testing

@Suite("Asking the database before a start", .timeLimit(.minutes(3)))
struct ProbeTests {
    private func check(_ connection: String, replicas: String = "") async throws -> Tool {
        let directory = TemporaryDirectory()
        var arguments = [
            "config", "check", "--connect", "--dev", "--data-dir", directory.path,
            "--store.postgres", connection, "--store.postgres-read-ms", "30000",
        ]
        if !replicas.isEmpty { arguments += ["--store.postgres-replicas", replicas] }
        return try await Tool(ServerProcess.program.path, arguments)
    }

    @Test(
        "`config check --connect` says what answers, and what does not or is no replica; it changes nothing")
    func connects() async throws {
        let primary = try await PostgresProcess()
        let empty = try await check(primary.connection())
        let steps = Migrator.steps.count
        #expect(empty.status == 0 && empty.text.contains("lacks \(steps) steps"), "\(empty.text)")
        let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        #expect(try await primary.query(tables) == "0")
        let standby = try await PostgresProcess(standbyOf: primary, isSynchronous: false)
        let both = try await check(primary.connection(), replicas: standby.connection())
        #expect(both.status == 0 && both.text.contains("number 1"), "\(both.text)")
        let wrong = try await check(primary.connection(), replicas: primary.connection())
        #expect(wrong.status == 1 && wrong.text.contains("it is no replica"), "\(wrong.text)")
        await standby.kill()
        let away = try await check(primary.connection(), replicas: standby.connection())
        #expect(away.status == 1 && away.text.contains("_replicas, number 1"), "\(away.text)")
    }
}
