import Foundation
import JSON
import StoaTesting
import Synchronization
import Testing

@Suite("A PostgreSQL that fails", .timeLimit(.minutes(3)))
struct PostgresFaultTests {
    /// Says one message after the other, each again until it is acknowledged, as a client does.
    private final class Speaker: Sendable {
        private struct State {
            var acknowledged: [String] = []
            var isStopping = false
        }

        private let state = Mutex(State())
        private let conversation: Conversation

        init(_ conversation: Conversation) { self.conversation = conversation }

        var acknowledged: [String] { state.withLock { $0.acknowledged } }

        func stop() { state.withLock { $0.isStopping = true } }

        func run() async throws {
            var number = 0
            while !state.withLock({ $0.isStopping }) {
                let members =
                    #""room":"\#(conversation.room)","content":"\#(number) said","client_id":"s-\#(number)""#
                do {
                    try await conversation.ann.request("chat_message", members)
                    state.withLock { $0.acknowledged.append("\(number)") }
                    number += 1
                } catch let refusal as Refused {
                    #expect(refusal.code == "unavailable")
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
        }
    }

    private func start(_ postgres: PostgresProcess, _ settings: [String: String] = [:]) async throws
        -> ServerProcess
    {
        try await ServerProcess(
            [
                "loops": "2", "store.postgres": postgres.connection(),
                // Of a busy machine, not of a database that is away.
                "store.postgres_read_ms": "20000", "store.postgres_write_ms": "20000",
            ].merging(settings) { $1 })
    }

    /// First words of all messages; numbered without a hole.
    private func stored(_ server: ServerProcess, _ room: String) async throws -> [String] {
        var words: [String] = []
        var after = 0
        while true {
            let page = try await server.http(
                "GET", "/api/v1/rooms/\(room)/messages?limit=100&after=\(after)",
                token: ServerProcess.token("u_ann"))
            let messages = page.json?["messages"]?.array ?? []
            #expect(messages.compactMap { $0["seq"]?.integer }.first ?? Int64(after + 1) == Int64(after + 1))
            words += messages.compactMap {
                $0["content"]?.string?.split(separator: " ").first.map(String.init)
            }
            if messages.count < 100 { return words }
            after += messages.count
        }
    }

    @Test(
        "killed while people talk: nothing acknowledged is lost, nothing doubled, sends resume by themselves (G4)"
    )
    func killed() async throws {
        // What is acknowledged is on the disk, or this would prove nothing.
        let postgres = try await PostgresProcess(["fsync=on"])
        let server = try await start(postgres)
        let conversation = try await Conversation(server)
        let speaker = Speaker(conversation)
        let running = Task { try await speaker.run() }
        for _ in 0..<3 {
            let count = speaker.acknowledged.count
            try await eventually("people talk", within: 30) { speaker.acknowledged.count > count + 20 }
            await postgres.kill()
            try await postgres.start()
            let before = speaker.acknowledged.count
            // A second or two; more where other tests want the processors.
            try await eventually("sends resume", within: 30) { speaker.acknowledged.count > before }
        }
        speaker.stop()
        try await running.value
        let acknowledged = speaker.acknowledged
        #expect(try await stored(server, conversation.room) == acknowledged)
        // Nobody was disconnected, and the other member has seen each once, in order.
        for word in acknowledged {
            let push = try await conversation.bob.push("new_message")
            #expect(push["message"]?["content"]?.string == word + " said")
        }
        await server.stop()
    }

    @Test("a standby takes over: sends go on there, nothing acknowledged is lost, nothing doubled")
    func failover() async throws {
        let primary = try await PostgresProcess()
        let standby = try await PostgresProcess(standbyOf: primary)
        let hosts = "host=\(primary.directory),\(standby.directory) user=stoa dbname=postgres"
        let server = try await start(primary, ["store.postgres": hosts])
        let conversation = try await Conversation(server)
        let speaker = Speaker(conversation)
        let running = Task { try await speaker.run() }
        try await eventually("people talk", within: 30) { speaker.acknowledged.count > 20 }
        await primary.kill()
        try await standby.promote()
        let before = speaker.acknowledged.count
        try await eventually("sends resume", within: 30) { speaker.acknowledged.count > before + 5 }
        speaker.stop()
        try await running.value
        #expect(try await stored(server, conversation.room) == speaker.acknowledged)
        await server.stop()
    }

    @Test("connections ended by the server in mid-stream are nobody's trouble")
    func terminated() async throws {
        let postgres = try await PostgresProcess()
        let server = try await start(postgres)
        let conversation = try await Conversation(server)
        let speaker = Speaker(conversation)
        let running = Task { try await speaker.run() }
        for _ in 0..<10 {
            let count = speaker.acknowledged.count
            try await postgres.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'stoa'")
            try await eventually("people talk", within: 30) { speaker.acknowledged.count > count + 5 }
        }
        speaker.stop()
        try await running.value
        #expect(try await stored(server, conversation.room) == speaker.acknowledged)
        await server.stop()
    }

    @Test("held up for seconds: sends wait, then are refused retryably; nobody is disconnected (G4)")
    func heldUp() async throws {
        let postgres = try await PostgresProcess()
        let server = try await start(
            postgres,
            [
                "store.postgres_read_ms": "2500", "store.postgres_write_ms": "2500",
                "store.postgres_away_ms": "5000",
            ])
        let conversation = try await Conversation(server)
        try await conversation.say("before", by: conversation.ann)
        postgres.pause(true)
        // In doubt: it is answered once the server has told.
        async let waiting = conversation.say("waiting", by: conversation.bob)
        try await eventually("it is known, and members stay in nobody's way (G4)") {
            let ready = try await server.http("GET", "/health/ready")
            return ready.status == 200 && ready.json?["status"]?.string == "degraded"
                && ready.json?["store"]?["status"]?.string == "away"
        }
        await #expect(throws: Refused.self) { try await conversation.say("refused", by: conversation.ann) }
        #expect(try await server.http("GET", "/health/live").status == 200)
        await #expect(throws: Refused.self) {
            try await conversation.ann.request("history", #""room":"\#(conversation.room)","limit":5"#)
        }
        postgres.pause(false)
        let waited = try? await waiting
        try await eventually("it takes writes again") {
            try await server.http("GET", "/health/ready").json?["status"]?.string == "ready"
        }
        try await conversation.say("after", by: conversation.ann)
        let words = try await stored(server, conversation.room)
        #expect(words == ["before"] + (waited == nil ? [] : ["waiting"]) + ["after"])
        await server.stop()
    }

    @Test("a server that starts before its database waits for it, and says so; with a bound")
    func startOrder() async throws {
        let postgres = try await PostgresProcess()
        await postgres.kill()
        let bounded = try await Tool.stoa(
            "serve", "--port", "0", "--data-dir", postgres.directory + "/unused", "--store.postgres",
            postgres.connection(), "--store.postgres-start-ms", "300")
        #expect(
            bounded.status == 1 && bounded.errors.contains("the store is not available"), "\(bounded.text)")
        #expect(bounded.errors.contains("waiting up to 300 ms for the database"), "\(bounded.text)")
        async let starting = start(postgres, ["metrics.listen": "127.0.0.1:0"])
        try await postgres.start()
        let server = try await starting
        #expect(try await server.http("GET", "/health/ready").status == 200)
        _ = try await server.room()
        let metrics = try await server.metrics()
        #expect(metrics("stoa_store_connected") == 1)
        #expect(metrics(#"stoa_store_connections{state="open"}"#) > 0)
        #expect(metrics.sum("stoa_store_connections") == 6)
        await postgres.kill()
        try await eventually("it is told") {
            _ = try? await server.room()
            return try await server.metrics()("stoa_store_connected") == 0
        }
        await server.stop()
    }
}
