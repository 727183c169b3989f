import PubSub
import StoaTesting
import Testing

@testable import RedisPubSub

@Suite("what a Redis has to be, and its user has to be allowed")
struct RedisGreetingTests {
    private static func lacks(
        _ kind: RedisGreeting.Kind, _ answer: (String) -> RedisReply
    ) throws -> [String] {
        let address = try RedisAddress("redis://h")
        let settings = RedisSettings(.servers([address]), instance: "i")
        return RedisGreeting(address, settings, .commands, kind, loop: 0).steps.compactMap { step in
            let words = step.command.compactMap { if case .text(let word) = $0 { word } else { nil } }
            return step.lack(answer(words.joined(separator: " ")))
        }
    }

    private static func info(_ text: String) -> RedisReply { .bytes(Array(text.utf8)) }

    private static func server(
        version: String = "7.0.15", isCluster: Bool = false, role: String = "master"
    ) -> (String) -> RedisReply {
        { command in
            switch command {
            case "INFO server": info("redis_version:\(version)\r\nrun_id:abc\r\n")
            case "INFO cluster": info("cluster_enabled:\(isCluster ? 1 : 0)\r\n")
            case "INFO replication": info("role:\(role)\r\n")
            default: info("OK")
            }
        }
    }

    @Test("nothing is missing where all is as it should be")
    func complete() throws {
        #expect(try Self.lacks(.server, Self.server()) == [])
        #expect(try Self.lacks(.clusterNode, Self.server(isCluster: true)) == [])
        #expect(try Self.lacks(.server, Self.server(version: "6.2.0")) == [])
    }

    @Test("what a server is not is said in words")
    func shapes() throws {
        #expect(
            try Self.lacks(.server, Self.server(isCluster: true))
                == ["it belongs to a cluster: name that as redis+cluster://"])
        #expect(
            try Self.lacks(.clusterNode, Self.server()) == ["it belongs to no cluster: name it as redis://"])
        #expect(
            try Self.lacks(.master, Self.server(role: "slave")) == ["it is a replica, which takes no writes"])
        #expect(
            try Self.lacks(.clusterNode, Self.server(version: "6.2.6", isCluster: true))
                == ["it is version 6.2.6, and a cluster for Stoa is 7.0 or later"])
    }

    @Test(
        "a right that a real Redis does not give is named",
        arguments: [
            (["+@all", "-eval", "~*", "&*"], "run scripts (EVAL) on keys stoa:*"),
            (["+@all", "~other:*", "&*"], "run scripts (EVAL) on keys stoa:*"),
            (["+@all", "-publish", "~*", "&*"], "publish on channels as room::presence"),
            (["+@all", "~*", "&room:*", "&stoa:*"], "publish on channels as topic:"),
        ])
    func rights(_ rules: [String], _ deed: String) async throws {
        let redis = try await RedisProcess(listening: true)
        try await redis.command(["ACL", "SETUSER", "stoa", "on", ">pw", "resetchannels"] + rules)
        let address = try RedisAddress("redis://stoa:pw@127.0.0.1:\(redis.port)")
        let settings = RedisSettings(.servers([address]), instance: "i")
        let greeting = RedisGreeting(address, settings, .commands, .server, loop: 0)
        var found: [String] = []
        for step in greeting.steps.dropFirst() where found.isEmpty {
            let words = step.command.compactMap { if case .text(let word) = $0 { word } else { nil } }
            let login = ["-h", "127.0.0.1", "-p", "\(redis.port)", "--user", "stoa", "--pass", "pw"]
            let text = try await Tool("/usr/bin/redis-cli", login + ["--no-auth-warning"] + words).text
            if text.hasPrefix("NOPERM"), let lack = step.lack(.error(text)) { found.append(lack) }
        }
        #expect(found.first?.hasPrefix("its user may not \(deed): NOPERM") == true)
        let host = try await BrokerHost("i_1", ["redis://stoa:pw@127.0.0.1:\(redis.port)"])
        try await eventually("it was refused") {
            try await !redis.command("ACL", "LOG").isEmpty
        }
        #expect(await host.publish("{}", to: BrokerChannel(.messages, of: "r")) == false)
    }
}
