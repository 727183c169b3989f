import Bytes
import Foundation
import SQLiteStorage
import Storage
import StoreTesting
import Testing

@Suite("The store's files")
struct FileTests {
    @Test("a directory in use is refused by name")
    func locked() async throws {
        let directory = TemporaryDirectory()
        let database = try await SQLiteDatabase.open(directory: directory.path)
        await #expect(throws: StorageError.locked(directory.path)) {
            try await SQLiteDatabase.open(directory: directory.path)
        }
        #expect(throws: StorageError.locked(directory.path)) {
            try SQLiteDatabase.restore(from: "/nothing", directory: directory.path)
        }
        await database.close()
    }

    @Test("a database of a later program is refused and left alone")
    func newerSchema() async throws {
        let directory = TemporaryDirectory()
        let database = try await SQLiteDatabase.open(directory: directory.path)
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query("INSERT INTO schema_migrations VALUES (99, 'later', 0)")
        }
        await database.close()
        await #expect(
            throws: StorageError.newerVersion(found: 99, supported: Migrator.supportedVersion)
        ) {
            try await SQLiteDatabase.open(directory: directory.path)
        }
    }

    @Test("a database of the first schema is brought up to date; older bans by an owner rank as the owner's")
    func firstSchema() async throws {
        let directory = TemporaryDirectory()
        let first = try await SQLiteDatabase.open(directory: directory.path)
        let rooms = RoomRepository(database: first)
        let room = try await rooms.create(RoomRecord(name: "Algebra", creatorID: "ann"), creatorName: "Ann")
            .room.id
        try await rooms.ban(BanRecord(room: room, user: "bob", by: "ann"), as: .owner)
        try await rooms.ban(BanRecord(room: room, user: "cid", by: "eve"), as: .moderator)
        try await first.write { (transaction) async throws(StorageError) in
            for statement in [
                "ALTER TABLE rooms DROP COLUMN read_receipts", "ALTER TABLE rooms DROP COLUMN receipts",
                "ALTER TABLE bans DROP COLUMN rank",
                "DROP TABLE revoked_tokens", "DROP TABLE revoked_people", "DROP TABLE banned_people",
                "DROP TABLE sign_ins", "DROP TABLE refresh_tokens", "DROP TABLE wallets",
                "ALTER TABLE rooms DROP COLUMN gate", "DROP TABLE gate_leases",
                "DROP TABLE service_keys", "DROP TABLE service_key_hashes",
                "DROP TABLE email_codes", "DROP TABLE email_addresses", "DROP TABLE tiers",
                "DROP TRIGGER audit_is_kept", "DROP TRIGGER audit_is_old", "DROP TABLE audit_floor",
                "DROP INDEX audit_by_id", "DROP INDEX audit_by_actor", "DROP INDEX audit_by_target",
                "ALTER TABLE audit DROP COLUMN address", "ALTER TABLE audit DROP COLUMN request_id",
                "ALTER TABLE audit DROP COLUMN outcome", "ALTER TABLE audit DROP COLUMN count",
                "DROP TABLE banned_wallets", "DROP TABLE banned_networks", "DROP TABLE room_wallet_bans",
                "DROP TABLE privacy_jobs", "DROP TABLE privacy_parts",
                "DROP TABLE progress_clock", "DROP TABLE achievements", "DROP TABLE progress_people",
                "DROP TABLE progress_parts", "DROP TABLE earned_achievements", "DROP TABLE xp_ledger",
                "DROP TABLE xp_boards", "DROP TABLE progress_events", "DROP TABLE progress_positions",
                "DROP INDEX members_by_time", "ALTER TABLE rooms DROP COLUMN announce_achievements",
                "DROP TABLE prices", "DROP TABLE candles", "DROP TABLE tick_months",
                "DROP TABLE jobs", "DROP TABLE notifications", "DROP TABLE preferences",
                "DROP TABLE price_anomalies", "DROP TABLE risk_inputs",
                "DROP TABLE portfolios", "DROP TABLE portfolio_holdings", "DROP TABLE portfolio_shares",
                "DROP TABLE alerts", "DROP TABLE alert_log", "DROP TABLE alert_values",
                "DROP TABLE alert_marks", "DROP TABLE watchlists", "DROP TABLE candle_ticks",
                "DROP TABLE candle_marks",
                "DELETE FROM schema_migrations WHERE version >= 2",
            ] { _ = try await transaction.query(statement) }
        }
        await first.close()
        let database = try await SQLiteDatabase.open(directory: directory.path)
        let upgraded = RoomRepository(database: database)
        #expect(try await upgraded.room(room)?.readReceipts == false)
        #expect(try await upgraded.room(room)?.receipts == false)
        #expect(try await !upgraded.unban(room, user: "bob", as: .moderator))
        #expect(try await upgraded.unban(room, user: "cid", as: .moderator))
        #expect(try await upgraded.unban(room, user: "bob", as: .owner))
        #expect(try await AccessRepository(database: database).state().bans.isEmpty)
        await database.close()
    }

    @Test("directories are made on the way; opening again changes nothing")
    func nestedDirectory() async throws {
        let directory = TemporaryDirectory()
        let path = directory.path + "/a/b/c"
        let rooms: [RoomRecord] = try await {
            let database = try await SQLiteDatabase.open(directory: path)
            let rooms = RoomRepository(database: database)
            let room = try await rooms.create(RoomRecord(name: "x", creatorID: "ann"), creatorName: "Ann")
                .room
            await database.close()
            return [room]
        }()
        let database = try await SQLiteDatabase.open(directory: path)
        #expect(try await RoomRepository(database: database).list(limit: 9, visibleTo: "bob").items == rooms)
        await database.close()
    }

    @Test("what is no database, or a directory that cannot be, is said in words")
    func unusable() async throws {
        let directory = TemporaryDirectory()
        try Data(
            "this is not a database, but a letter to my aunt in Bern. ".utf8
                + [UInt8](repeating: 65, count: 5000)
        )
        .write(to: URL(fileURLWithPath: directory.path + "/stoa.db"))
        await #expect(throws: StorageError.self) { try await SQLiteDatabase.open(directory: directory.path) }
        await #expect(throws: StorageError.self) {
            try await SQLiteDatabase.open(directory: "/proc/nothing/here")
        }
    }

    @Test("a lost search index is made anew at start")
    func rebuiltIndex() async throws {
        let directory = TemporaryDirectory()
        let database = try await SQLiteDatabase.open(directory: directory.path)
        let store = TestStore(directory, database)
        let room = try await store.room()
        for number in 0..<3 { try await store.say("word \(number)", in: room) }
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query("DROP TABLE message_search")
            _ = try await transaction.query("UPDATE search_version SET version = 0")
        }
        await database.close()
        let again = try await SQLiteDatabase.open(directory: directory.path)
        let found = try await MessageRepository(database: again).search(room: room, "word", limit: 9)
        #expect(found.messages.count == 3)
        await again.close()
    }
}

@Suite("Backup and restore")
struct BackupTests {
    @Test("a backup taken while people write is whole, and restoring it starts new epochs")
    func backupWhileWriting() async throws {
        let directory = TemporaryDirectory()
        let database = try await SQLiteDatabase.open(directory: directory.path)
        let store = TestStore(directory, database)
        let room = try await store.room()
        try await store.say("before", in: room)
        let epoch = try await store.rooms.head(room)?.epoch
        let backup = directory.path + "/backup.db"
        let writing = Task {
            while !Task.isCancelled {
                let message = NewMessage(
                    id: Identifier.uuid(), content: "during", clientID: Identifier.uuid())
                _ = await store.perform(.message(message), in: room)
            }
        }
        try await database.backup(to: backup)
        writing.cancel()
        await writing.value
        try await store.say("after", in: room)
        await #expect(throws: StorageError.self) { try await database.backup(to: backup) }
        await database.close()

        try SQLiteDatabase.restore(from: backup, directory: directory.path)
        let restored = try await SQLiteDatabase.open(directory: directory.path)
        let head = try #require(try await RoomRepository(database: restored).head(room))
        #expect(head.epoch != epoch && !head.epoch.isEmpty)
        let messages = MessageRepository(database: restored)
        let texts = try await messages.history(room: room, limit: 100_000).messages.map(\.content)
        #expect(texts.first == "before" && !texts.contains("after") && texts.count == Int(head.seq))
        #expect(try await messages.search(room: room, "before", limit: 1).messages.count == 1)
        // Into a directory that has nothing.
        let fresh = TemporaryDirectory()
        try SQLiteDatabase.restore(from: backup, directory: fresh.path + "/new")
        await restored.close()
    }

    @Test("what is no backup of ours is refused, and the old store stays")
    func badBackups() async throws {
        let directory = TemporaryDirectory()
        let database = try await SQLiteDatabase.open(directory: directory.path)
        let room = try await TestStore(directory, database).room()
        let newer = directory.path + "/newer.db"
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query("INSERT INTO schema_migrations VALUES (99, 'later', 0)")
        }
        try await database.backup(to: newer)
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query("DELETE FROM schema_migrations WHERE version = 99")
        }
        await database.close()
        let letter = directory.path + "/letter"
        try Data([UInt8](repeating: 65, count: 9000)).write(to: URL(fileURLWithPath: letter))
        for path in [letter, newer, directory.path + "/nothing"] {
            #expect(throws: StorageError.self) {
                try SQLiteDatabase.restore(from: path, directory: directory.path)
            }
        }
        let again = try await SQLiteDatabase.open(directory: directory.path)
        #expect(try await RoomRepository(database: again).room(room) != nil)
        await again.close()
    }
}
