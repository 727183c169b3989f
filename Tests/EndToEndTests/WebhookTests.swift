import Bytes
import Cryptography
import JSON
import StoaTesting
import Testing

@Suite("Events for the owner's own service", .timeLimit(.minutes(2)))
struct WebhookTests {
    private static let allEvents = "connect,disconnect,room_occupied,room_vacated"

    private func server(_ hook: FixtureServer, _ settings: [String: String] = [:]) async throws
        -> ServerProcess
    {
        var all = [
            "webhooks.url": hook.base + "/events", "webhooks.secret": WebhookBox.secret,
            "webhooks.events": WebhookTests.allEvents, "webhooks.retry_ms": "10",
            "webhooks.vacated_ms": "0", "presence.grace_ms": "0", "instance.id": "i_7",
            "metrics.listen": "127.0.0.1:0",
        ]
        all.merge(settings) { $1 }
        return try await ServerProcess(all)
    }

    @Test("sessions and rooms with people in them are told, signed, each event under an id of its own")
    func told() async throws {
        let hook = try FixtureServer { _ in .http(204, [:], []) }
        defer { hook.close() }
        let server = try await server(hook)
        let room = try await server.room(owner: "u_ann")
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"), welcome: false)
        let session = try #require(try await ann.push("welcome")["session"]?.string)
        try await ann.request("join", #""room":"\#(room)""#)
        let bob = try await TestClient(server, token: ServerProcess.token("u_bob"))
        try await bob.request("join", #""room":"\#(room)""#)
        try await ann.request("leave", #""room":"\#(room)""#)
        try await bob.request("leave", #""room":"\#(room)""#)
        ann.close()
        let box = WebhookBox(hook)
        try await eventually("all is told") { try box.events().count >= 5 }
        let events = try box.events()
        let ofAnn = events.filter { $0["user"]?["id"]?.string == "u_ann" }
        #expect(ofAnn.map { $0["type"]?.string } == ["connect", "disconnect"])
        #expect(ofAnn.allSatisfy { $0["session"]?.string == session && $0["instance"]?.string == "i_7" })
        let ofRoom = events.filter { $0["room"] != nil }
        #expect(ofRoom.map { $0["type"]?.string } == ["room_occupied", "room_vacated"])
        #expect(ofRoom.allSatisfy { $0["room"]?.string == room })
        #expect(Set(events.compactMap { $0["id"]?.string }).count == events.count)
        #expect(try box.areSigned())
        await server.stop()
    }

    @Test("who comes back in time leaves no trace: the room was never vacated")
    func debounced() async throws {
        let hook = try FixtureServer { _ in .http(200, [:], []) }
        defer { hook.close() }
        let server = try await server(
            hook, ["webhooks.vacated_ms": "60000", "webhooks.events": "room_occupied,room_vacated"])
        let room = try await server.room(owner: "u_ann")
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        for _ in 0..<5 {
            try await ann.request("join", #""room":"\#(room)""#)
            try await ann.request("leave", #""room":"\#(room)""#)
        }
        try await ann.request("join", #""room":"\#(room)""#)
        let box = WebhookBox(hook)
        try await eventually("it is occupied") { try box.events().count == 1 }
        // Who stops says that the rooms are empty, and says so before it ends.
        await server.stop()
        let types = try box.events().map { $0["type"]?.string }
        #expect(types == ["room_occupied", "room_vacated"])
    }

    @Test("a service that fails, is silent or asks for time gets everything later, in its order")
    func failures() async throws {
        let turn = Mutexed(0)
        let hook = try FixtureServer { _ in
            var number = 0
            turn.change { count in
                number = count
                count += 1
            }
            return switch number {
            case 0: .http(500, [:], [])
            case 1: .silence
            case 2: .http(429, ["Retry-After": "0"], [])
            case 3: .bytes(Array("HTTP/1.1 ".utf8))
            default: .http(200, [:], [])
            }
        }
        defer { hook.close() }
        let server = try await server(hook, ["webhooks.timeout_ms": "1000", "webhooks.batch": "2"])
        let room = try await server.room(owner: "u_ann")
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await ann.request("join", #""room":"\#(room)""#)
        try await ann.request("leave", #""room":"\#(room)""#)
        let box = WebhookBox(hook)
        try await eventually("the room is told to be empty", within: 30) {
            try box.events(from: 4).contains { $0["type"]?.string == "room_vacated" }
        }
        ann.close()
        try await eventually("all is told", within: 30) {
            try box.events(from: 4).map { $0["type"]?.string }
                == ["connect", "room_occupied", "room_vacated", "disconnect"]
        }
        // The same event is the same in every try.
        let first = try box.bodies().prefix(5).map { $0["events"]?.array?.first?["id"]?.string }
        #expect(Set(first).count == 1)
        #expect(server.log.contains("webhooks: events wait for the service: it answered 500"))
        #expect(try await server.metrics()("stoa_webhook_failures_total") == 4)
        await server.stop()
    }

    @Test("a service that nobody vouches for, or that does not listen, holds nobody up; losses are told")
    func unreachable() async throws {
        let hook = try FixtureServer { _ in .http(200, [:], []) }
        defer { hook.close() }
        let folder = try await CertificateFolder("localhost")
        let stranger = try await ServerProcess([
            "tls.certificate": folder.certificate("localhost"), "tls.key": folder.key("localhost"),
        ])
        let server = try await server(
            hook,
            [
                "webhooks.url": "https://localhost:\(stranger.port)/events", "webhooks.queue": "1",
                "webhooks.events": "connect",
            ])
        for number in 0..<3 {
            _ = try await TestClient(server, token: ServerProcess.token("u_\(number)"))
        }
        try await eventually("it says so") {
            server.log.contains("webhooks: events wait for the service: TLS")
                && server.log.contains("1 events wait, further ones are lost")
        }
        #expect(
            try await server.metrics()(#"stoa_webhook_events_total{outcome="dropped"}"#) == 2)
        await stranger.stop()
        await server.stop()
        // By a last try that failed, or because the time was over.
        #expect(server.log.contains("webhooks: 1 events are"))
    }

    @Test("settings that cannot work are refused at the start")
    func settings() async throws {
        let secret = ["--webhooks.secret", WebhookBox.secret]
        for (flags, key) in [
            (["--webhooks.url", "https://a.example"], "webhooks.secret"),
            (["--webhooks.url", "http://a.example"] + secret, "webhooks.url"),
            (["--webhooks.url", "a.example"] + secret, "webhooks.url"),
            (["--webhooks.events", "connect"], "webhooks.events"),
            (
                ["--webhooks.url", "https://a.example", "--webhooks.events", "arrival"] + secret,
                "webhooks.events"
            ),
        ] {
            let checked = try await Tool(
                ServerProcess.program.path, ["config", "check"] + flags,
                environment: ["STOA_JWT_SECRET": ServerProcess.secret])
            #expect(checked.status == 2)
            #expect(checked.text.contains(key), "\(checked.text)")
        }
    }
}
