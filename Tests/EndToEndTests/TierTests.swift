import Bytes
import Identity
import JSON
import StoaTesting
import Testing

@Suite("Tiers of requests")
struct TierTests {
    private static func token(_ user: String, tier: RequestTier? = nil) -> String {
        var grant = ServerProcess.grant(user)
        grant.publish = ["topic:*"]
        grant.tier = tier
        return ServerProcess.sign(grant)
    }

    private static func publish(_ server: ServerProcess, _ token: String) async throws -> HTTPAnswer {
        try await server.http("POST", "/api/v1/publish", #"{"channel":"topic:a","data":1}"#, token: token)
    }

    private static func policy(_ server: ServerProcess, _ token: String) async throws -> String? {
        try await publish(server, token).headers["ratelimit-policy"]
    }

    private static func tier(_ server: ServerProcess, _ arguments: String...) async throws -> Tool {
        try await Tool(
            ServerProcess.program.path,
            ["user", "tier"] + arguments + ["--data-dir", server.dataDirectory.path],
            environment: ["STOA_JWT_SECRET": ServerProcess.secret])
    }

    @Test("beyond the quota 429 says the limit, when it is over and where there is more; chat goes on (B10)")
    func limit() async throws {
        let server = try await ServerProcess([
            "limits.tier_free": "2", "limits.upgrade_url": "https://stoa.example/plans",
        ])
        let ann = TierTests.token("u_ann")
        for left in [1, 0] {
            let answer = try await TierTests.publish(server, ann)
            #expect(answer.status == 200)
            #expect(answer.headers["ratelimit-policy"] == #""free";q=2;w=3600"#)
            #expect(answer.headers["ratelimit"]?.hasPrefix(#""free";r=\#(left);t="#) == true)
        }
        let refused = try await TierTests.publish(server, ann)
        #expect(refused.status == 429 && refused.code == "rate_limited")
        let wait = try #require(refused.headers["retry-after"].flatMap { Int($0) })
        #expect((1700...1800).contains(wait))
        let told = try #require(refused.headers["ratelimit"])
        #expect(told.hasPrefix(#""free";r=0;t=3"#) && told.count == #""free";r=0;t=3600"#.count)
        let details = try #require(refused.json?["details"])
        #expect(details["tier"]?.string == "free")
        #expect(details["limit"]?.integer == 2)
        #expect(details["window_ms"]?.integer == 3_600_000)
        #expect(details["upgrade_url"]?.string == "https://stoa.example/plans")
        let reset = try #require(details["reset_at"]?.integer) - Timestamp.now().milliseconds
        #expect((3_500_000...3_600_000).contains(reset))
        #expect(refused.json?["detail"]?.string?.contains("https://stoa.example/plans") == true)
        // Another person has their own, and nothing else is counted.
        #expect(try await TierTests.publish(server, TierTests.token("u_bob")).status == 200)
        let rooms = try await server.http("GET", "/api/v1/me/rooms", token: ann)
        #expect(rooms.status == 200 && rooms.headers["ratelimit"] == nil)
        let client = try await TestClient(server, token: ann)
        try await client.request("publish", #""channel":"topic:a","data":2"#)
        await server.stop()
    }

    @Test("a tier is what the operator has said of a person, else what their token says, else the usual one")
    func sources() async throws {
        let server = try await ServerProcess(["limits.tier": "plus", "limits.tier_power": "0"])
        let (ann, bob) = (TierTests.token("u_ann"), TierTests.token("u_bob", tier: .pro))
        #expect(try await TierTests.policy(server, ann) == #""plus";q=1000;w=3600"#)
        #expect(try await TierTests.policy(server, bob) == #""pro";q=10000;w=3600"#)
        #expect(try await TierTests.tier(server, "u_bob", "--to", "free").status == 0)
        #expect(try await TierTests.policy(server, bob) == #""free";q=100;w=3600"#)
        // No limit: nothing is told.
        #expect(try await TierTests.tier(server, "u_ann", "--to", "power").status == 0)
        #expect(try await TierTests.policy(server, ann) == nil)
        await server.stop()
        #expect(try await TierTests.tier(server, "u_bob").output.contains(#""tier":"free""#))
        #expect(try await TierTests.tier(server, "u_ann", "--to", "none").output.contains(#""tier":null"#))
        #expect(try await TierTests.tier(server, "u_ann", "--to", "gold").status == 2)
        try await server.start()
        #expect(try await TierTests.policy(server, bob) == #""free";q=100;w=3600"#)
        #expect(try await TierTests.policy(server, ann) == #""plus";q=1000;w=3600"#)
        await server.stop()
    }

    @Test("service keys are the operator's own: not counted, unless one is given a tier")
    func keys() async throws {
        let server = try await ServerProcess(["limits.tier_free": "1"])
        let data = server.dataDirectory.path
        let made = try await Tool.stoa(
            "key", "create", "--name", "bot", "--scope", "publish:topic:*", "--data-dir", data)
        let key = try JSONValue(parsing: made.output)
        let (id, text) = (try #require(key["id"]?.string), try #require(key["key"]?.string))
        for _ in 0..<3 {
            let answer = try await TierTests.publish(server, text)
            #expect(answer.status == 200 && answer.headers["ratelimit"] == nil)
        }
        #expect(try await TierTests.tier(server, id, "--to", "free").status == 0)
        let statuses = [
            try await TierTests.publish(server, text).status,
            try await TierTests.publish(server, text).status,
        ]
        #expect(statuses == [200, 429])
        await server.stop()
    }

    @Test("only the operator gives tiers, and there are four")
    func rights() async throws {
        let server = try await ServerProcess()
        for method in ["GET", "PUT"] {
            let path = "/api/v1/users/u_ann/tier"
            let body = method == "PUT" ? #"{"tier":"power"}"# : nil
            let answer = try await server.http(method, path, body, token: TierTests.token("u_ann"))
            #expect(answer.code == "forbidden")
            #expect(try await server.http(method, path, body).code == "unauthenticated")
        }
        let refused = try await Tool.shell(
            "curl -s -X PUT --unix-socket \(server.dataDirectory.path)/control.sock -d '{\"tier\":\"gold\"}' "
                + "http://localhost/api/v1/users/u_ann/tier")
        #expect(refused.output.contains("invalid_field"))
        await server.stop()
    }
}
