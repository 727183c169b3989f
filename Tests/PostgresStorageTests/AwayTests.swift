import Bytes
import PostgresStorage
import StoaTesting
import Storage
import StoreTesting
import Testing

@Suite("A server that is away", .timeLimit(.minutes(3)))
struct AwayTests {
    @Test("connections that the server ends are made anew, and nobody hears of it")
    func terminated() async throws {
        let connection = try await PostgresStores.shared.newDatabase()
        let store = TestStore(
            TemporaryDirectory(), try await PostgresStores.open(at: connection))
        let server = try await PostgresStores.shared.server()
        let room = try await store.room()
        for number in 1...5 {
            try await store.say("\(number)", in: room)
            _ = try await store.messages.history(room: room, limit: 1)
            try await server.query(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name = 'stoa' AND datname = '\(connection.split(separator: "=").last ?? "")'
                """)
        }
        #expect(try await store.messages.history(room: room, limit: 10).messages.count == 5)
        await store.database.close()
    }

    @Test("a silent server: writes wait so long and are refused, reads fail soon, all heals by itself (G4)")
    func silent() async throws {
        let server = try await PostgresProcess()
        var options = PostgresOptions(connection: server.connection())
        options.readPatience = .seconds(4)
        options.writePatience = .seconds(1)
        options.awayPatience = .seconds(6)
        let database = try await PostgresDatabase.open(options)
        let store = TestStore(TemporaryDirectory(), database)
        let room = try await store.room()
        try await store.say("before", in: room)
        _ = try await store.messages.history(room: room, limit: 1)
        server.pause(true)
        let start = ContinuousClock.now
        await #expect(throws: StorageError.self) { try await store.messages.history(room: room, limit: 1) }
        // Of several one at most is the next to try it and waits; the others know.
        let known = ContinuousClock.now
        let quickest = await withTaskGroup(of: Duration.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    await #expect(throws: StorageError.self) {
                        try await store.messages.history(room: room, limit: 1)
                    }
                    return ContinuousClock.now - known
                }
            }
            return await group.next() ?? .seconds(60)
        }
        #expect(quickest < .seconds(3))
        #expect(database.fault != nil)
        guard
            case .failed(let error) = await store.perform(
                .message(NewMessage(id: "m-1", content: "x")), in: room)
        else {
            server.pause(false)
            Issue.record("acknowledged by nobody")
            return
        }
        #expect(error.isRetryable)
        #expect(ContinuousClock.now - start < .seconds(40))
        server.pause(false)
        try await eventually("it takes writes again", within: 30) { database.fault == nil }
        try await store.say("after", in: room)
        let contents = try await store.messages.history(room: room, limit: 10).messages.map(\.content)
        #expect(contents == ["before", "after"])
        await database.close()
    }

    @Test("whoever tries a server that was away with a connection from before leaves the turn to others")
    func staleConnection() async throws {
        let server = try await PostgresProcess()
        var options = PostgresOptions(connection: server.connection())
        options.awayPatience = .zero
        options.readPatience = .seconds(20)
        options.writePatience = .seconds(20)
        options.readers = 1
        let database = try await PostgresDatabase.open(options)
        let store = TestStore(TemporaryDirectory(), database)
        let room = try await store.room()
        _ = try await store.messages.history(room: room, limit: 1)
        await server.kill()
        let outcome = await store.perform(.message(NewMessage(id: "m-1", content: "x")), in: room)
        guard case .failed = outcome else {
            Issue.record("acknowledged by nobody")
            return
        }
        try await server.start()
        // The reader's connection is one that it does not know to be dead.
        try await eventually("it is read again", within: 30) {
            (try? await store.messages.history(room: room, limit: 1)) != nil
        }
        try await store.say("after", in: room)
        await database.close()
    }

    @Test("a store whose server is gone closes at once")
    func closing() async throws {
        let server = try await PostgresProcess()
        let database = try await PostgresStores.open(at: server.connection())
        let store = TestStore(TemporaryDirectory(), database)
        let room = try await store.room()
        await server.kill()
        async let outcome = store.perform(.message(NewMessage(id: "m-1", content: "x")), in: room)
        while store.log.figures.queued + store.log.figures.running == 0 { await Task.yield() }
        let start = ContinuousClock.now
        await database.close()
        #expect(ContinuousClock.now - start < .seconds(15))
        guard case .failed = await outcome else {
            Issue.record("acknowledged by nobody")
            return
        }
    }

    @Test("a newer program's columns and tables, added while this one runs, are nothing to it")
    func newerSchemaMeanwhile() async throws {
        let connection = try await PostgresStores.shared.newDatabase()
        let store = TestStore(
            TemporaryDirectory(), try await PostgresStores.open(at: connection))
        let room = try await store.room()
        func use() async throws {
            try await store.say("word", in: room)
            _ = try await store.messages.search(room: room, "word", limit: 5)
            _ = try await store.rooms.join(room, user: "bob", name: "Bob")
            let gates = GateRepository(database: store.database)
            #expect(try await gates.members(room, limit: 10).count == 1)
            #expect(
                try await store.rooms.joinView(room: room, user: "bob", history: 10)?.history?.messages
                    .isEmpty == false)
        }
        try await use()
        let server = try await PostgresStores.shared.server()
        for table in ["rooms", "events", "members", "message_keys", "gate_leases"] {
            try await server.query(
                "ALTER TABLE \(table) ADD COLUMN later TEXT, ADD COLUMN later_too BIGINT NOT NULL DEFAULT 0",
                in: connection.split(separator: "=").last.map(String.init) ?? "")
        }
        try await use()
        await store.database.close()
    }

    @Test("the schema is brought up to date once, however many processes begin together")
    func migration() async throws {
        let server = try await PostgresStores.shared.server()
        try await server.query("CREATE DATABASE migrated_together")
        let connection = server.connection(to: "migrated_together")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let database = try await PostgresStores.open(at: connection)
                    let rooms = RoomRepository(database: database)
                    _ = try await rooms.create(RoomRecord(name: "A", creatorID: "ann"), creatorName: "Ann")
                    await database.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(
            try await server.query(
                "SELECT count(*) FROM schema_migrations", in: "migrated_together")
                == "\(Migrator.steps.count)", "each once")
        try await server.query(
            "INSERT INTO schema_migrations VALUES (9999, 'later', 0)", in: "migrated_together")
        await #expect(throws: StorageError.newerVersion(found: 9999, supported: Migrator.supportedVersion)) {
            _ = try await PostgresDatabase.open(PostgresOptions(connection: connection))
        }
    }
}
