import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Rates of several processes that serve the same people", .timeLimit(.minutes(3)))
struct SharedRateTests {
    private static func mailing(_ host: MailHost, signIns: Int) async throws -> SharedService {
        try await SharedService([
            "email.smtp_url": "smtp://127.0.0.1:\(host.port)", "email.tls": "false",
            "email.from": "Stoa <no-reply@stoa.example>", "limits.sign_ins": "\(signIns)",
        ])
    }

    private static func ask(_ server: ServerProcess, _ address: String) async throws -> HTTPAnswer {
        try await server.http("POST", "/api/v1/auth/email", #"{"address":"\#(address)"}"#)
    }

    private static func publish(_ server: ServerProcess) async throws -> HTTPAnswer {
        try await server.http(
            "POST", "/api/v1/publish", #"{"channel":"topic:a","data":1}"#,
            token: ServerProcess.token("u_ann", publish: ["topic:*"]))
    }

    @Test("a tier's requests are counted over all processes; without Redis each counts its own")
    func tiers() async throws {
        let service = try await SharedService(["limits.tier_free": "4"])
        for (place, left) in [(0, 3), (1, 2), (0, 1), (0, 0)] {
            let answer = try await Self.publish(service.servers[place])
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.headers["ratelimit-policy"] == #""free";q=4;w=3600"#)
            #expect(answer.headers["ratelimit"]?.hasPrefix(#""free";r=\#(left);t="#) == true)
        }
        for server in service.servers {
            let refused = try await Self.publish(server)
            #expect(refused.status == 429 && refused.code == "rate_limited")
            let wait = try #require(refused.headers["retry-after"].flatMap { Int($0) })
            #expect((800...900).contains(wait))
            #expect(refused.headers["ratelimit"]?.hasPrefix(#""free";r=0;t=3"#) == true)
            #expect(refused.json?["details"]?["limit"]?.integer == 4)
        }
        service.redis.kill()
        // What it has heard of all it goes on with.
        #expect(try await Self.publish(service.servers[1]).status == 429)
    }

    @Test("rooms that one person makes in an hour are counted over all processes")
    func rooms() async throws {
        let service = try await SharedService(["limits.rooms_per_hour": "3"])
        for place in [0, 1, 1] { _ = try await service.servers[place].room(owner: "u_ann") }
        for server in service.servers {
            let refused = try await server.http(
                "POST", "/api/v1/rooms", #"{"name":"More"}"#, token: ServerProcess.token("u_ann"))
            #expect(refused.status == 429 && refused.headers["ratelimit-policy"] == #""rooms";q=3;w=3600"#)
        }
    }

    @Test("one person's requests have one pace over all processes, a round trip late")
    func pace() async throws {
        let service = try await SharedService(["limits.commands_per_second": "20"])
        func allowed(at place: Int) async throws -> Int {
            for count in 0..<1000 {
                let answer = try await service.servers[place].http(
                    "GET", "/api/v1/me/rooms", token: ServerProcess.token("u_ann"))
                if answer.status == 429 { return count }
            }
            return 1000
        }
        #expect(try await allowed(at: 0) >= 40)
        // By itself it would let forty go on.
        #expect(try await allowed(at: 1) < 35)
    }

    @Test("a person's connections are counted over all processes, a dead one's until its lease is over")
    func connections() async throws {
        // A lease that no busy machine ends: a process without one counts for nothing.
        let service = try await SharedService([
            "limits.connections_per_user": "3", "instance.lease_ms": "9000",
        ])
        let clients = [
            try await service.client("u_ann", at: 0), try await service.client("u_ann", at: 1),
            try await service.client("u_ann", at: 1),
        ]
        let token = ServerProcess.token("u_ann")
        for server in service.servers {
            let fourth = try await TestClient(server, token: token, welcome: false)
            #expect(try await fourth.closeCode() == 4505)
        }
        clients[0].close()
        try await eventually("a place is free") { try await Self.stays(service.servers[1], token) }
        _ = try await service.client("u_ann", at: 0)
        service.servers[1].kill()
        try await eventually("the dead one's are free", within: 30) {
            try await Self.stays(service.servers[0], token)
        }
        await service.servers[0].stop()
    }

    @Test("a Redis that comes back empty is told again how many connections people have")
    func connectionsAfterEmptyRedis() async throws {
        let service = try await SharedService(["limits.connections_per_user": "2"])
        let clients = [try await service.client("u_ann", at: 0), try await service.client("u_ann", at: 1)]
        service.redis.kill()
        try await service.redis.start()
        let token = ServerProcess.token("u_ann")
        try await eventually("a third is one too many again") {
            try await !Self.stays(service.servers[0], token)
        }
        for client in clients { _ = try await client.request("ping") }
    }

    /// Whether a connection of a person outlasts being counted.
    private static func stays(_ server: ServerProcess, _ token: String) async throws -> Bool {
        let client = try await TestClient(server, token: token, welcome: false)
        defer { client.cut() }
        return (try? await client.closeCode(within: 2)) == nil
    }

    @Test("while Redis is away a process counts what it lets go on")
    func away() async throws {
        let service = try await SharedService(["limits.tier_free": "2"])
        #expect(try await Self.publish(service.servers[0]).headers["ratelimit"]?.contains("r=1;") == true)
        service.redis.kill()
        // Topics need Redis, counting does not.
        #expect(try await Self.publish(service.servers[0]).headers["ratelimit"]?.contains("r=0;") == true)
        #expect(try await Self.publish(service.servers[0]).status == 429)
        #expect(try await Self.publish(service.servers[1]).headers["ratelimit"]?.contains("r=1;") == true)
    }

    @Test("one network's tries to sign in are counted over all processes")
    func networks() async throws {
        let host = try await MailHost()
        let service = try await Self.mailing(host, signIns: 1)
        for number in 0..<10 {
            let answer = try await Self.ask(service.servers[number % 2], "a\(number)@example.org")
            #expect(answer.status == 202, "\(answer.text)")
        }
        for server in service.servers {
            let refused = try await Self.ask(server, "more@example.org")
            #expect(refused.code == "rate_limited")
            #expect(refused.headers["ratelimit-policy"] == #""network";q=10;w=900"#)
        }
    }

    @Test("codes for an address are counted over all processes, and the operator lifts that at any of them")
    func codes() async throws {
        let host = try await MailHost()
        let service = try await Self.mailing(host, signIns: 2)
        for _ in 1...2 { #expect(try await Self.ask(service.servers[1], "ann@example.org").status == 202) }
        let refused = try await Self.ask(service.servers[0], "ann@example.org")
        #expect(refused.headers["ratelimit-policy"] == #""codes";q=2;w=900"#, "\(refused.text)")
        let keys = try await service.redis.command("KEYS", "stoa:rate:*")
        #expect(keys.contains("stoa:rate:codes:") && !keys.contains("@"))
        let lifted = try await Tool.stoa(
            "user", "unlock", "ann@example.org", "--data-dir", service.servers[0].dataDirectory.path)
        #expect(lifted.status == 0, "\(lifted.text)")
        #expect(try await Self.ask(service.servers[1], "ann@example.org").status == 202)
    }
}
