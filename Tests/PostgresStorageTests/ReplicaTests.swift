import JSON
import PostgresStorage
import StoaTesting
import Storage
import StoreTesting
import Testing

@Suite("Replicas that are read from", .timeLimit(.minutes(3)))
struct ReplicaTests {
    /// A primary with a standby, and a store on both.
    private struct Pair {
        let primary: PostgresProcess
        let standby: PostgresProcess
        let database: PostgresDatabase
        let store: TestStore
        let room: String

        init(lag: Duration = .seconds(60)) async throws {
            primary = try await PostgresProcess()
            standby = try await PostgresProcess(standbyOf: primary, isSynchronous: false)
            var options = PostgresOptions(connection: primary.connection())
            options.replicas = [standby.connection()]
            options.replicaLag = lag
            options.readers = 2
            options.readPatience = .seconds(30)
            options.writePatience = .seconds(30)
            let database = try await PostgresDatabase.open(options)
            self.database = database
            store = TestStore(TemporaryDirectory(), database)
            room = try await store.room()
            try await eventually("the replica is used", within: 30) {
                database.figures.replicas.first?.isUsed == true
            }
        }

        /// The newest messages, for somebody who has seen what there is.
        func history() async throws -> [String] {
            let seen = try #require(try await store.rooms.head(room))
            return try await store.messages.history(room: room, limit: 10, seen: seen).messages.map(\.content)
        }

        /// Waits until the standby has all that the primary has.
        func wait() async throws {
            let position = try await primary.query("SELECT pg_current_wal_lsn()")
            try await eventually("the standby has it", within: 30) {
                try await standby.query("SELECT pg_last_wal_replay_lsn() >= '\(position)'") == "t"
            }
        }

        func stop() async {
            await database.close()
            await standby.kill()
            await primary.kill()
        }
    }

    @Test("histories, searches, pins and threads are read there, once it has what was seen")
    func used() async throws {
        let pair = try await Pair()
        let (store, room) = (pair.store, pair.room)
        let said = try await store.say("a needle", in: room)
        _ = await store.perform(.pin(messageID: said.id, true), in: room)
        try await pair.wait()
        let seen = try #require(try await store.rooms.head(room))
        let before = pair.database.figures
        #expect(try await pair.history() == ["a needle"])
        let found = try await store.messages.search(room: room, "needle", limit: 5, seen: seen)
        #expect(found.messages.map(\.id) == [said.id])
        #expect(try await store.messages.pins(room: room, seen: seen).count == 1)
        #expect(try await store.messages.message(said.id, room: room, seen: seen)?.pinned == true)
        let after = pair.database.figures
        #expect(after.reads.replica == before.reads.replica + 4)
        // Without a word of what was seen, the primary.
        _ = try await store.messages.history(room: room, limit: 1)
        #expect(pair.database.figures.reads.replica == after.reads.replica)
        await pair.stop()
    }

    @Test("what it has not yet is read at the primary: nobody misses what they have seen, nor an edit of it")
    func behind() async throws {
        let pair = try await Pair()
        let (store, room) = (pair.store, pair.room)
        let secret = try await store.say("secret", in: room)
        let plan = try await store.say("plan", in: room)
        try await pair.wait()
        try await pair.standby.query("SELECT pg_wal_replay_pause()")
        #expect(try await pair.history() == ["secret", "plan"])
        _ = await store.perform(.delete(messageID: secret.id, byModerator: false), in: room)
        _ = await store.perform(
            .edit(messageID: plan.id, content: "better", mentions: [], byModerator: false), in: room)
        try await store.say("new", in: room)
        #expect(try await pair.history() == ["", "better", "new"])
        #expect(pair.database.figures.replicaMisses.behind == 1)
        try await pair.standby.query("SELECT pg_wal_replay_resume()")
        try await pair.wait()
        let before = pair.database.figures.reads.replica
        #expect(try await pair.history() == ["", "better", "new"])
        #expect(pair.database.figures.reads.replica == before + 1)
        await pair.stop()
    }

    @Test("one that is further behind than it may be is not read, until it has come near again")
    func tooFarBehind() async throws {
        let pair = try await Pair(lag: .seconds(2))
        let (store, room, database) = (pair.store, pair.room, pair.database)
        try await store.say("old", in: room)
        try await pair.wait()
        try await pair.standby.query("SELECT pg_wal_replay_pause()")
        // Another room's business: of this one it has everything.
        _ = try await store.room("Another")
        try await eventually("it is no longer used", within: 30) {
            database.figures.replicas.first?.isUsed == false
        }
        let before = database.figures
        #expect(try await pair.history() == ["old"])
        #expect(database.figures.reads.replica == before.reads.replica)
        #expect(database.figures.replicaMisses.away == before.replicaMisses.away + 1)
        #expect((database.figures.replicas.first?.lag ?? .zero) > .seconds(2))
        try await pair.standby.query("SELECT pg_wal_replay_resume()")
        try await eventually("it is used again", within: 30) {
            database.figures.replicas.first?.isUsed == true
        }
        await pair.stop()
    }

    @Test("one that is away, comes back or takes writes is nobody's trouble")
    func away() async throws {
        let pair = try await Pair()
        let database = pair.database
        try await pair.store.say("said", in: pair.room)
        try await pair.wait()
        for _ in 0..<2 {
            await pair.standby.kill()
            #expect(try await pair.history() == ["said"])
            #expect(database.fault == nil)
            try await pair.standby.start()
            try await eventually("it is read again", within: 30) {
                let before = database.figures.reads.replica
                let said = try await pair.history()
                #expect(said == ["said"])
                return database.figures.reads.replica > before
            }
        }
        try await pair.standby.promote()
        try await eventually("it is no longer used", within: 30) {
            database.figures.replicas.first?.isUsed == false
        }
        #expect(try await pair.history() == ["said"])
        await pair.stop()
    }

    @Test("a server reads histories and searches there, says so in its metrics, and nobody hears of its end")
    func server() async throws {
        let primary = try await PostgresProcess()
        let standby = try await PostgresProcess(standbyOf: primary, isSynchronous: false)
        let server = try await ServerProcess([
            "loops": "2", "store.postgres": primary.connection(),
            "store.postgres_replicas": standby.connection(),
            "store.postgres_replica_lag_ms": "60000", "store.postgres_read_ms": "30000",
            "store.postgres_write_ms": "30000", "metrics.listen": "127.0.0.1:0",
        ])
        let room = try await server.room()
        let client = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await client.request("join", #""room":"\#(room)""#)
        func reads() async throws -> Double {
            try await server.metrics()(#"stoa_store_reads_total{place="replica"}"#)
        }
        var number = 0
        func use() async throws {
            number += 1
            try await client.request("chat_message", #""room":"\#(room)","content":"word \#(number)""#)
            let history = try await client.request("history", #""room":"\#(room)","limit":100"#)
            #expect(history["messages"]?.array?.count == number)
            let found = try await client.request("search", #""room":"\#(room)","query":"word \#(number)""#)
            #expect(found["messages"]?.array?.last?["content"]?.string == "word \(number)")
        }
        try await eventually("the replica is read", within: 30) {
            try await use()
            return try await reads() > 0
        }
        await standby.kill()
        for _ in 0..<5 { try await use() }
        try await standby.start()
        let before = try await reads()
        try await eventually("it is read again", within: 30) {
            try await use()
            return try await reads() > before
        }
        await server.stop()
    }
}
