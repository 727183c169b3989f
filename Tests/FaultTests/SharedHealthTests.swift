import Foundation
import StoaTesting
import Testing

@Suite("What a process says of what it shares with others", .timeLimit(.minutes(3)))
struct SharedHealthTests {
    private static func status(_ server: ServerProcess) async throws -> String {
        let answer = try await server.http("GET", "/health/ready")
        let status = answer.json?["status"]?.string ?? ""
        let isAway = answer.json?["broker"]?["status"]?.string == "away"
        return "\(answer.status) \(status)" + (isAway ? ", broker away" : "")
    }

    @Test(
        "a process is not ready until it has reached its Redis once; away after that is told, and it stays ready (G4)"
    )
    func missingRedis() async throws {
        let redis = try await RedisProcess(listening: true)
        redis.kill()
        let server = try await ServerProcess(["loops": "2", "broker.redis": redis.address])
        try await eventually("it is looked for") { server.log.contains("is away: Connection refused") }
        #expect(try await Self.status(server) == "503 starting")
        try await redis.start()
        try await eventually("it is there", within: 30) { try await Self.status(server) == "200 ready" }
        redis.kill()
        try await eventually("that it is away is told") {
            try await Self.status(server) == "200 ready, broker away"
        }
        try await redis.start()
        try await eventually("it is back", within: 30) { try await Self.status(server) == "200 ready" }
        #expect(await server.stop() == 0)
        // Each of four connections has found it at each of its tries.
        let lines = server.log.split(separator: "\n")
        #expect(lines.count { $0.contains("Connection refused") } <= 2, "\(server.log)")
        #expect(
            lines.count { $0.contains("Redis at 127.0.0.1:\(redis.port) is connected") } == 2, "\(server.log)"
        )
    }

    @Test(
        "a push of another service reaches its person; one that speaks as the server does not, and is counted"
    )
    func reservedPushes() async throws {
        let redis = try await RedisProcess()
        let server = try await ServerProcess([
            "loops": "1", "broker.redis": redis.address, "metrics.listen": "127.0.0.1:0",
        ])
        try await eventually("Redis is there", within: 30) { try await Self.status(server) == "200 ready" }
        let bob = try await TestClient(server, token: ServerProcess.token("u_bob"))
        try await bob.request("subscribe", #""channels":["me"]"#)
        for payload in [
            #"{"type":"new_message","user":"u_bob","members":{"seq":7}}"#, "nonsense",
            #"{"type":"notification","user":"u_bob","members":{"title":"ready"}}"#,
        ] {
            try await eventually("a process listens") {
                try await redis.command("PUBSUB", "NUMSUB", "global:notifications").contains("1")
            }
            try await redis.command("PUBLISH", "global:notifications", payload)
        }
        #expect(try await bob.push("notification")["title"]?.string == "ready")
        #expect(!bob.log.contains { $0["type"]?.string == "new_message" })
        #expect(try await server.metrics()("stoa_broker_foreign_refused_total") == 2)
        #expect(server.log.split(separator: "\n").count { $0.contains("somebody published") } == 1)
        try await eventually("it was asked for a sign of life") {
            try await server.metrics()("stoa_broker_round_trip_seconds_count") > 0
        }
        await server.stop()
    }

    @Test("addresses of Redis with TLS on one side only are a line in the log that says so")
    func transport() async throws {
        let redis = try await RedisProcess(listening: true)
        let server = try await ServerProcess([
            "loops": "2", "broker.redis": "rediss://127.0.0.1:\(redis.port)", "broker.timeout_ms": "500",
        ])
        try await eventually("it is said") {
            server.log.contains("where it speaks none, its address begins with redis, not rediss")
        }
        #expect(try await Self.status(server) == "503 starting")
        await server.stop()
    }
}
