import Reactor
import StoaTesting
import Testing

@testable import RedisPubSub

@Suite("Asking Redis before a start", .timeLimit(.minutes(3)))
struct RedisProbeTests {
    private static func ask(
        _ entries: [String], authorities: String? = nil
    ) async throws -> [RedisProbe.Finding] {
        var settings = RedisSettings(try RedisDeployment(entries), instance: "i")
        settings.timeoutMilliseconds = 1000
        if settings.deployment.isSecure { settings.tls = try TLSContext(authorityPath: authorities) }
        return try await RedisProbe.run(settings)
    }

    @Test(
        "whatever Redis is, every address named and every master answers",
        arguments: RedisService.Shape.allCases)
    func shapes(_ shape: RedisService.Shape) async throws {
        let redis = try await RedisService(shape)
        let findings = try await Self.ask(redis.entries)
        #expect(findings.allSatisfy { $0.isGood }, "\(findings)")
        // Three seeds and three masters; three Sentinels and their master.
        let count = [.one: 1, .cluster: 6, .sentinel: 4][shape]
        #expect(findings.count == count, "\(findings)")
    }

    @Test("of several each is told, and the one where nobody answers is not good")
    func oneAway() async throws {
        let redis = try await RedisProcess()
        let port = try FixtureServer.freePort()
        let findings = try await Self.ask([redis.address, "redis://127.0.0.1:\(port)"])
        #expect(findings.map(\.isGood) == [true, false])
        #expect(findings.first?.words.contains("with all rights") == true)
        #expect(findings.last?.words.contains("Connection refused") == true, "\(findings)")
    }

    @Test(
        "a right that is missing is named, of publishing and of listening",
        arguments: [
            (["&room:*", "&topic:*", "&stoa:*"], "may not publish on channels as global:notifications"),
            (["&room:*", "&topic:*", "&global:*"], "may not publish on channels as stoa:tables"),
            (["&*", "-subscribe"], "may not listen to channels as room::presence"),
            (["&*", "-eval"], "may not run scripts"),
            (["&*", "resetkeys", "~stoa:*"], "may not write keys price:*"),
            (["&*", "-hset", "-zrangebylex"], "may not HSET, ZRANGEBYLEX keys stoa:*"),
        ])
    func rights(_ rules: [String], _ words: String) async throws {
        let redis = try await RedisProcess(listening: true)
        let user = ["ACL", "SETUSER", "stoa", "on", ">pw", "resetchannels", "~stoa:*", "~price:*", "+@all"]
        try await redis.command(user + rules)
        let findings = try await Self.ask(["redis://stoa:pw@127.0.0.1:\(redis.port)"])
        #expect(findings.map(\.isGood) == [false])
        #expect(findings.first?.words.contains(words) == true, "\(findings)")
    }

    @Test("every command of a script is among those whose right is looked up")
    func commands() {
        for script in RedisScript.all + RedisScript.allSharded {
            for match in script.source.matches(of: /redis\.call\('([A-Z]+)'/) {
                let name = String(match.output.1)
                // Channels have rights of their own; the clock needs none that matters.
                if ["PUBLISH", "SPUBLISH", "TIME"].contains(name) { continue }
                #expect(RedisGreeting.commands.contains(name), "\(script.name): \(name)")
            }
        }
    }

    @Test("the rights that protocol/broker.md advises are enough, and a wrong password is said to be one")
    func advised() async throws {
        let redis = try await RedisProcess(listening: true)
        try await redis.command(
            "ACL", "SETUSER", "stoa", "on", ">pw", "resetchannels", "~stoa:*", "~price:*", "&room:*",
            "&global:*", "&topic:*", "&price:*", "&candles:*", "&anomalies", "&risk:*", "&portfolio:*",
            "&watchlist:*",
            "&leaderboard:*",
            "&stoa:*",
            "+@all", "-@dangerous", "+info")
        let good = try await Self.ask(["redis://stoa:pw@127.0.0.1:\(redis.port)"])
        #expect(good.map(\.isGood) == [true], "\(good)")
        let bad = try await Self.ask(["redis://stoa:no@127.0.0.1:\(redis.port)"])
        #expect(bad.map(\.isGood) == [false])
        #expect(bad.first?.words.contains("it does not let us in: WRONGPASS") == true, "\(bad)")
    }

    @Test("TLS on one side only, and a certificate that is not accepted, are told apart")
    func transport() async throws {
        let folder = try await CertificateFolder("localhost")
        let (certificate, key) = (folder.certificate("localhost"), folder.key("localhost"))
        let port = try FixtureServer.freePort()
        let redis = try await RedisProcess(
            port: try FixtureServer.freePort(),
            [
                "--tls-port", "\(port)", "--tls-cert-file", certificate, "--tls-key-file", key,
                "--tls-ca-cert-file", certificate, "--tls-auth-clients", "no",
            ])
        let good = try await Self.ask(["rediss://localhost:\(port)"], authorities: certificate)
        #expect(good.map(\.isGood) == [true], "\(good)")
        for (address, words) in [
            ("redis://localhost:\(port)", "where it speaks TLS, its address begins with rediss"),
            ("rediss://localhost:\(redis.port)", "its address begins with redis, not rediss"),
            ("rediss://localhost:\(port)", "its certificate is not accepted: self-signed certificate"),
        ] {
            let findings = try await Self.ask([address])
            #expect(findings.first?.isGood == false)
            #expect(findings.first?.words.contains(words) == true, "\(findings)")
        }
    }
}
