import JSON
import PostgresStorage
import StoaTesting
import Storage
import StoreTesting
import Testing

@Suite("Old and new programs side by side", .timeLimit(.minutes(3)))
struct RollingUpdateTests {
    private let next = Migrator.supportedVersion + 1

    private func server(_ connection: String, _ redis: RedisProcess, _ name: String) async throws
        -> ServerProcess
    {
        try await ServerProcess([
            "loops": "2", "store.postgres": connection, "broker.redis": redis.address, "instance.id": name,
            "store.postgres_read_ms": "30000", "store.postgres_write_ms": "30000",
        ])
    }

    private func talk(_ server: ServerProcess, _ room: String, _ content: String) async throws {
        let client = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await client.request("join", #""room":"\#(room)""#)
        try await client.request("chat_message", #""room":"\#(room)","content":"\#(content)""#)
        let history = try await client.request("history", #""room":"\#(room)","limit":100"#)
        #expect(history["messages"]?.array?.last?["content"]?.string == content)
    }

    @Test("a server goes on over a schema that a newer one has brought, and one of its kind starts there")
    func sideBySide() async throws {
        let connection = try await PostgresStores.shared.newDatabase()
        let redis = try await RedisProcess()
        let old = try await server(connection, redis, "i_1")
        let room = try await old.room()
        try await talk(old, room, "before")
        let database = try await PostgresStores.open(at: connection)
        let later = Migration(number: next, name: "later") { _ in
            [
                "ALTER TABLE events ADD COLUMN later TEXT",
                "ALTER TABLE members ADD COLUMN later BIGINT NOT NULL DEFAULT 7",
            ]
        }
        try await Migrator.migrate(database, with: Migrator.migrations + [later])
        try await talk(old, room, "meanwhile")
        let another = try await server(connection, redis, "i_2")
        #expect(another.log.contains("schema \(next) of a newer program"))
        try await talk(another, room, "after")
        try await talk(old, room, "and together")
        await old.stop()
        await another.stop()
        let shut = Migration(number: next + 1, name: "shut", oldest: next + 1) { _ in [] }
        try await Migrator.migrate(database, with: Migrator.migrations + [later, shut])
        await database.close()
        let directory = TemporaryDirectory()
        let refused = try await Tool.stoa(
            "migrate", "--data-dir", directory.path, "--store.postgres", connection,
            "--store.postgres-read-ms", "30000")
        #expect(refused.status == 1 && refused.text.contains("older ones may not use"), "\(refused.text)")
    }
}
