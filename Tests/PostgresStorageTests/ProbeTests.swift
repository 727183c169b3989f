import Foundation
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

    @Test(
        "a role that lacks a right is told which one, by the check and by a dry run",
        arguments: [
            ("", "may make no tables in the schema public"),
            ("REVOKE ALL ON SCHEMA public FROM PUBLIC", "may use no schema of the search path"),
            (
                "GRANT CREATE ON SCHEMA public TO lame; CREATE TABLE rooms (id TEXT); GRANT SELECT ON rooms TO lame",
                "the table rooms belongs to stoa, and its role lame lacks INSERT, UPDATE, DELETE"
            ),
        ])
    func rights(_ sql: String, _ words: String) async throws {
        let server = try await PostgresProcess()
        try await server.query("CREATE ROLE lame LOGIN")
        if !sql.isEmpty { try await server.query(sql) }
        let connection = server.connection().replacing("user=stoa", with: "user=lame")
        let directory = TemporaryDirectory()
        let folder = directory.path + "/none"
        let checked = try await check(connection)
        let dry = try await Tool.stoa(
            "migrate", "--dry-run", "--data-dir", folder, "--store.postgres", connection,
            "--store.postgres-read-ms", "30000")
        for tool in [checked, dry] {
            #expect(tool.status == 1, "\(tool.text)")
            #expect(tool.errors.contains(words), "\(tool.text)")
        }
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test("commands that read a PostgreSQL store make no data directory")
    func reading() async throws {
        let server = try await PostgresProcess()
        let directory = TemporaryDirectory()
        let folder = directory.path + "/none"
        for arguments in [["room", "list"], ["user", "bans"], ["key", "list"], ["audit"]] {
            let tool = try await Tool(
                ServerProcess.program.path,
                arguments + ["--data-dir", folder, "--store.postgres", server.connection()])
            #expect(tool.status == 0, "\(tool.text)")
            #expect(!FileManager.default.fileExists(atPath: folder), "\(arguments)")
        }
    }

    @Test("`restore` on PostgreSQL refuses while a server runs, unless it is forced")
    func restore() async throws {
        let postgres = try await PostgresProcess()
        let server = try await ServerProcess(["loops": "1", "store.postgres": postgres.connection()])
        _ = try await server.room()
        func restore(_ flags: String...) async throws -> Tool {
            let directory = TemporaryDirectory()
            return try await Tool(
                ServerProcess.program.path,
                ["restore"] + flags + [
                    "--data-dir", directory.path, "--store.postgres", postgres.connection(),
                ])
        }
        let refused = try await restore()
        #expect(refused.status == 1 && refused.errors.contains("Stop all servers first"), "\(refused.text)")
        #expect(try await restore("--force").output.contains("1 rooms begin a new epoch"))
        await server.stop()
        try await eventually("its connections are gone", within: 30) { try await restore().status == 0 }
    }
}
