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
        await host.publish("{}", to: Self.channel)
        try await host.has(.delivered(Self.channel, "{}"))
        try await redis.servers[0].start()
        // The Sentinels' own doing, which takes them ten seconds where nobody else wants the processor.
        try await eventually("the old one follows the new one", within: 60) {
            try await redis.servers[0].command("ROLE").hasPrefix("slave")
        }
        await host.publish("[]", to: Self.channel)
        try await host.has(.delivered(Self.channel, "[]"))
        #expect(host.events.count { $0 == .subscribed(Self.channel) } == 2)
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
