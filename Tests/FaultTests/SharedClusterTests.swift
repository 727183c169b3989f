import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Several processes over a cluster of Redis, and over one with Sentinels", .timeLimit(.minutes(4)))
struct SharedClusterTests {
    private struct Service {
        let postgres: PostgresProcess
        let redis: RedisService
        let servers: [ServerProcess]

        init(_ shape: RedisService.Shape, replicas: Int = 0) async throws {
            postgres = try await PostgresProcess()
            redis = try await RedisService(shape, replicas: replicas)
            var settings = [
                "loops": "2", "store.postgres": postgres.connection(), "broker.redis": redis.address,
                "instance.lease_ms": "3000", "presence.grace_ms": "100", "broker.timeout_ms": "1000",
                "metrics.listen": "127.0.0.1:0",
            ]
            var servers: [ServerProcess] = []
            for number in 1...2 {
                settings["instance.id"] = "i_\(number)"
                servers.append(try await ServerProcess(settings))
            }
            self.servers = servers
            for server in servers {
                try await eventually("Redis is there", within: 30) {
                    try await !SharedClusterTests.isAway(server)
                }
            }
        }

        func client(_ user: String, at place: Int) async throws -> TestClient {
            try await TestClient(servers[place], token: ServerProcess.token(user))
        }
    }

    /// Whether a server says that other processes cannot be reached; it takes work once they could be.
    private static func isAway(_ server: ServerProcess) async throws -> Bool {
        let tool = try await Tool("/usr/bin/curl", ["-s", "http://127.0.0.1:\(server.port)/health/ready"])
        let bytes = Array(tool.text.utf8)
        let answer = try JSONValue(parsing: bytes.span)
        if answer["status"]?.string == "starting" { return true }
        #expect(answer["status"]?.string == "ready")
        guard let broker = answer["broker"] else { return false }
        #expect(broker["status"]?.string == "away")
        #expect(broker["since"]?.integer ?? 0 > 1_500_000_000_000)
        return true
    }

    @Test(
        "a master fails over under load: all is acknowledged, each once and in order, at both processes (G)",
        arguments: [RedisService.Shape.cluster, .sentinel])
    func failover(_ shape: RedisService.Shape) async throws {
        let service = try await Service(shape, replicas: 1)
        let room = try await service.servers[0].room(owner: "u_ann")
        let ann = try await service.client("u_ann", at: 0)
        let bob = try await service.client("u_bob", at: 1)
        for client in [ann, bob] { try await client.request("join", #""room":"\#(room)""#) }
        let victim = try await service.redis.master(of: "room:\(room):messages")
        for number in 1...200 {
            if number == 50 { victim.kill() }
            let content = #""room":"\#(room)","content":"\#(number)","client_id":"c-\#(number)""#
            let ack = try await (number % 2 == 0 ? ann : bob).request("chat_message", content)
            #expect(ack["seq"]?.integer == Int64(number))
        }
        for client in [ann, bob] {
            for seq in 1...200 {
                let push = try await client.push("new_message")
                #expect(push["seq"]?.integer == Int64(seq))
            }
        }
        for server in service.servers {
            try await eventually("the new one is found", within: 30) { try await !Self.isAway(server) }
        }
        let cat = try await service.client("u_cat", at: 1)
        let joined = try await cat.request("join", #""room":"\#(room)""#)
        #expect(joined["people_count"]?.integer == 3)
        for server in service.servers { await server.stop() }
    }

    @Test("while a master is away members go on, and health and metrics say so")
    func away() async throws {
        let service = try await Service(.cluster)
        let server = service.servers[0]
        let room = try await server.room(owner: "u_ann")
        let ann = try await service.client("u_ann", at: 0)
        try await ann.request("join", #""room":"\#(room)""#)
        let victim = try await service.redis.master(of: "room:\(room):messages")
        let sample = #"stoa_broker_connected{node="127.0.0.1:\#(victim.port)"}"#
        #expect(try await server.metrics()(sample) == 1)
        victim.kill()
        try await eventually("it is said") { try await Self.isAway(server) }
        #expect(try await server.metrics()(sample) == 0)
        try await ann.request("chat_message", #""room":"\#(room)","content":"still here""#)
        #expect(try await server.metrics()("stoa_broker_publish_failures_total") > 0)
        try await victim.start()
        try await eventually("it is back", within: 30) { try await !Self.isAway(server) }
        #expect(try await server.metrics()(sample) == 1)
        for server in service.servers { await server.stop() }
    }
}
