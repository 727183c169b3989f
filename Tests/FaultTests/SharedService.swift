import StoaTesting

/// Two servers over one PostgreSQL and one Redis.
struct SharedService {
    let postgres: PostgresProcess
    let redis: RedisProcess
    let servers: [ServerProcess]

    init(_ settings: [String: String] = [:]) async throws {
        postgres = try await PostgresProcess()
        redis = try await RedisProcess()
        var all = [
            "loops": "2", "store.postgres": postgres.connection(), "broker.redis": redis.address,
            "instance.lease_ms": "3000", "presence.grace_ms": "100",
            // Who waits for something asks often.
            "limits.tier_free": "1000000",
        ]
        all.merge(settings) { $1 }
        var servers: [ServerProcess] = []
        for number in 1...2 {
            all["instance.id"] = "i_\(number)"
            servers.append(try await ServerProcess(all))
        }
        self.servers = servers
        for server in servers { try await server.untilOthersAreReached() }
    }

    func client(_ user: String, at place: Int) async throws -> TestClient {
        try await TestClient(servers[place], token: ServerProcess.token(user))
    }
}
