import Storage
import StoreTesting
import Testing

@Suite("A newer program's schema", .timeLimit(.minutes(3)))
struct NewerSchemaTests {
    private static let next = Migrator.supportedVersion + 1

    /// A step as a later program may bring it, by the rule for steps.
    private static let additive = Migration(number: next, name: "later") { _ in
        [
            "ALTER TABLE events ADD COLUMN later TEXT",
            "ALTER TABLE rooms ADD COLUMN later BIGINT NOT NULL DEFAULT 7",
            "CREATE TABLE later_things (id TEXT NOT NULL PRIMARY KEY)",
            "CREATE INDEX rooms_by_later ON rooms (tenant_id, later)",
        ]
    }

    /// Does some of everything that today's program does with rooms.
    private func use(_ store: TestStore, _ room: String) async throws {
        let said = try await store.say("a needle", in: room, mentions: ["bob"], clientID: "k")
        let edit = Act.edit(messageID: said.id, content: "a hidden needle", mentions: [], byModerator: false)
        #expect(await store.perform(edit, in: room).seq == said.seq + 1)
        _ = await store.perform(.reaction(messageID: said.id, emoji: "👍", added: true), in: room)
        _ = try await store.rooms.join(room, user: "bob", name: "Bob")
        let page = try await store.messages.history(room: room, limit: 100)
        #expect(page.messages.last?.content == "a hidden needle")
        let found = try await store.messages.search(room: room, "hidden", limit: 100)
        #expect(found.messages.last?.id == said.id)
        let again = NewMessage(id: "other", content: "a needle", clientID: "k")
        guard case .duplicate = await store.perform(.message(again), in: room) else {
            Issue.record("a repeat was not known")
            return
        }
        #expect(await store.perform(.delete(messageID: said.id, byModerator: false), in: room).seq != nil)
        let other = try await store.room("Another")
        _ = try await RetentionJob(database: store.database).run()
        #expect(try await store.rooms.room(other)?.name == "Another")
        // The same key again, for the next time.
        try await store.database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query("DELETE FROM message_keys")
        }
    }

    @Test(
        "programs of the version before go on against an additive step, and start again (rolling update)",
        arguments: StoreDriver.allCases)
    func additive(on driver: StoreDriver) async throws {
        let place = try await StorePlace(driver)
        let old = try await place.open()
        let room = try await old.room()
        try await use(old, room)
        try await Migrator.migrate(old.database, with: Migrator.migrations + [NewerSchemaTests.additive])
        try await use(old, room)
        await old.database.close()
        let again = try await place.open()
        try await use(again, room)
        #expect(try await Migrator.pending(again.database).isEmpty)
        await again.database.close()
    }

    @Test(
        "a step that older programs do not understand shuts them out, and those after it leave them out",
        arguments: StoreDriver.allCases)
    func shutOut(on driver: StoreDriver) async throws {
        let next = NewerSchemaTests.next
        let place = try await StorePlace(driver)
        let store = try await place.open()
        let steps = [
            Migration(number: next, name: "other numbers", oldest: next) { _ in
                ["CREATE TABLE others (id TEXT NOT NULL PRIMARY KEY)"]
            },
            Migration(number: next + 1, name: "later") { _ in
                ["CREATE TABLE later_things (id TEXT NOT NULL PRIMARY KEY)"]
            },
        ]
        for count in 1...2 {
            try await Migrator.migrate(
                store.database, with: Migrator.migrations + steps.prefix(count))
            let refusal = StorageError.newerVersion(
                found: next + count - 1, supported: Migrator.supportedVersion)
            await #expect(throws: refusal) { try await Migrator.migrate(store.database) }
            await #expect(throws: refusal) { try await Migrator.pending(store.database) }
        }
        await store.database.close()
        await #expect(throws: StorageError.self) { try await place.open() }
    }
}
