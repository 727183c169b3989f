import PubSub
import StoaTesting
import Testing

@testable import RedisPubSub

@Suite("a master of Redis that Sentinels replace", .timeLimit(.minutes(3)))
struct SentinelFaultTests {
    private static let channel = BrokerChannel(.messages, of: "r")

    @Test("the new master is found; the old one that comes back is not taken for it")
    func failover() async throws {
        let redis = try await RedisService(.sentinel)
        let host = try await BrokerHost("i_1", redis.entries)
        try await host.connected()
        try await host.subscribe(to: Self.channel)
        #expect(await host.arrive("ann", in: "r") == .arrived)
        redis.servers[0].kill()
        try await host.has(.lost(Self.channel))
        try await host.has(.subscribed(Self.channel), times: 2)
        try await host.has(.forgot)
        try await host.connected()
        try await hears("{}", host)
        try await redis.servers[0].start()
        // It takes itself for the master until the Sentinels have told it otherwise, which is theirs and takes its time.
        try await hears("[]", host)
        try await redis.servers[0].command("REPLICAOF", "127.0.0.1", "\(redis.servers[1].port)")
        try await hears("0", host)
        #expect(try await !redis.servers[0].command("CLIENT", "LIST").contains("name=stoa-"))
        #expect(try await redis.servers[1].command("CLIENT", "LIST").contains("name=stoa-"))
    }

    /// Publishes until it is heard: a machine that is busy may lose a connection meanwhile.
    private func hears(_ text: String, _ host: BrokerHost) async throws {
        try await eventually("\(text) is heard", within: 30) {
            await host.publish(text, to: Self.channel)
            return host.events.contains(.delivered(Self.channel, text))
        }
    }

    @Test("a replica that had not heard of the last ones takes over: everybody is entered anew")
    func lostData() async throws {
        let redis = try await RedisService(.sentinel)
        let host = try await BrokerHost("i_1", redis.entries)
        try await host.connected()
        #expect(await host.arrive("ann", in: "r") == .arrived)
        try await eventually("the replica has heard of her") {
            try await redis.servers[1].command("HKEYS", "stoa:{r}:people").contains("ann")
        }
        // It may not go on with what it has.
        try await redis.servers[0].command("ACL", "SETUSER", "default", "-psync", "-sync")
        try await redis.servers[0].command("CLIENT", "KILL", "TYPE", "replica")
        #expect(await host.arrive("late", in: "r") == .arrived)
        redis.servers[0].kill()
        try await host.has(.forgot)
        try await host.connected()
        #expect(await host.arrive("late", in: "r") == .arrived)
        #expect(await host.arrive("ann", in: "r") == .arrived)
        #expect(await host.roll(of: "r") == ["ann", "late"])
    }

    @Test("a failover that somebody asks for is followed too")
    func asked() async throws {
        let redis = try await RedisService(.sentinel)
        let host = try await BrokerHost("i_1", redis.entries)
        try await host.connected()
        try await host.subscribe(to: Self.channel)
        try await redis.sentinels[0].command("SENTINEL", "FAILOVER", "stoa")
        try await host.has(.subscribed(Self.channel), times: 2)
        try await eventually("the new one is written to") {
            await host.publish("{}", to: Self.channel)
            return host.events.contains(.delivered(Self.channel, "{}"))
        }
        #expect(try await redis.master(of: "r").port == redis.servers[1].port)
    }
}
