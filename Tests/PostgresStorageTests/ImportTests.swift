import Bytes
import PostgresStorage
import SQLiteStorage
import StoaTesting
import Storage
import StoreTesting
import Testing

@Suite("Moving an embedded store into PostgreSQL")
struct ImportTests {
    @Test("everything is there afterwards, the same, and is found; a target with anything in it is refused")
    func everything() async throws {
        let old = try await TestStore.open()
        let room = try await old.room("Algebra")
        for number in 1...1200 { try await old.say("word \(number)", in: room, clientID: "c-\(number)") }
        let odd = try await old.say("a\u{0}b 👩‍👩‍👧‍👦 é", by: "bob", in: room, mentions: ["ann"])
        _ = await old.perform(.reaction(messageID: odd.id, emoji: "👍", added: true), in: room)
        _ = await old.perform(.pin(messageID: odd.id, true), in: room)
        _ = try await old.rooms.join(room, user: "bob", name: "Bob")
        try await AuditRepository(database: old.database).add([
            AuditRecord(tenant: "default", actor: "ann", action: "ban", room: room, target: "eve")
        ])
        let database = try await PostgresStores.shared.open()
        let new = TestStore(TemporaryDirectory(), database)
        var copied: [String: Int] = [:]
        try await StoreCopy(from: old.database, into: database).run { copied[$0.table] = $0.rows }
        #expect(copied["events"] == 1203 && copied["message_keys"] == 1200 && copied["audit"] == 1)
        #expect(copied.count > 25)
        let (before, after) = (
            try await old.messages.history(room: room, limit: 2000),
            try await new.messages.history(room: room, limit: 2000)
        )
        #expect(before == after)
        #expect(try await old.rooms.room(room) == new.rooms.room(room))
        // Numbering goes on where it was, and repeats are known.
        #expect(try await new.say("next", in: room).seq == 1204)
        let again = NewMessage(id: "m-x", content: "again", clientID: "c-7")
        guard case .duplicate(seq: 7, _, _) = await new.perform(.message(again), in: room) else {
            Issue.record("a repeat was not known")
            return
        }
        await #expect(throws: StorageError.self) {
            try await StoreCopy(from: old.database, into: database).run { _ in }
        }
    }

    @Test("the commands: a dry run tells, an import moves, search finds, and a second one is refused")
    func commands() async throws {
        let server = try await PostgresStores.shared.server()
        try await server.query("CREATE DATABASE imported")
        let connection = server.connection(to: "imported")
        let store = try await TestStore.open()
        let room = try await store.room()
        try await store.say("a needle in hay", in: room)
        await store.database.close()
        let steps = try await Tool.stoa(
            "migrate", "--dry-run", "--data-dir", store.directory.path, "--store.postgres", connection,
            "--store.postgres-read-ms", "30000")
        #expect(steps.status == 0 && steps.text.contains("1 rooms"))
        func importStore() async throws -> Tool {
            try await Tool.stoa(
                "import", "--from", store.directory.path, "--store.postgres", connection,
                "--store.postgres-read-ms", "30000", "--store.postgres-write-ms", "30000")
        }
        let first = try await importStore()
        #expect(first.status == 0 && first.text.contains("events: 1 rows, the same in both"), "\(first.text)")
        let second = try await importStore()
        #expect(
            second.status == 1 && second.errors.contains("has all of this store already"), "\(second.text)")
        let other = try await TestStore.open()
        try await other.say("else", in: try await other.room())
        await other.database.close()
        let third = try await Tool.stoa(
            "import", "--from", other.directory.path, "--store.postgres", connection,
            "--store.postgres-read-ms", "30000", "--store.postgres-write-ms", "30000")
        #expect(
            third.status == 1 && third.errors.contains("has a store already, and not this one"),
            "\(third.text)")
        let none = try await Tool.stoa(
            "migrate", "--dry-run", "--data-dir", store.directory.path, "--store.postgres", connection,
            "--store.postgres-read-ms", "30000")
        #expect(none.text.contains("up to date"))
        let database = try await PostgresStores.open(at: connection)
        let messages = MessageRepository(database: database)
        #expect(try await messages.search(room: room, "needle", limit: 5).messages.count == 1)
        await database.close()
    }
}
