import PubSub
import StoaTesting
import Testing

@testable import RedisPubSub

@Suite("a cluster of Redis that loses members and moves slots", .timeLimit(.minutes(3)))
struct ClusterFaultTests {
    private static let channel = BrokerChannel(.messages, of: "r")
    private static let presence = BrokerChannel(.presence, of: "r")

    @Test("a master that dies is replaced by its replica: channels are heard there, people entered anew")
    func failover() async throws {
        let redis = try await RedisService(.cluster, replicas: 1)
        let host = try await BrokerHost("i_1", redis.entries)
        try await host.connected()
        try await host.subscribe(to: Self.presence)
        #expect(await host.arrive("ann", in: "r") == .arrived)
        redis.servers[try await redis.place(of: Self.presence.name)].kill()
        try await host.has(.lost(Self.presence))
        try await host.has(.subscribed(Self.presence), times: 2)
        try await host.has(.forgot)
        try await host.connected()
        #expect(await host.arrive("ann", in: "r") == .arrived)
        #expect(await host.roll(of: "r") == ["ann"])
        await host.publish("{}", to: Self.presence)
        try await host.has(.delivered(Self.presence, "{}"))
    }

    @Test("a master that dies without a replica is away until it is back")
    func noReplica() async throws {
        let redis = try await RedisService(.cluster)
        let host = try await BrokerHost("i_1", redis.entries)
        try await host.connected()
        try await host.subscribe(to: Self.channel)
        let master = redis.servers[try await redis.place(of: Self.channel.name)]
        master.kill()
        try await host.has(.lost(Self.channel))
        #expect(await host.publish("{}", to: Self.channel) == false)
        try await master.start()
        try await host.has(.subscribed(Self.channel), times: 2)
        try await host.connected()
        try await eventually("it is heard") {
            await host.publish("{}", to: Self.channel)
            return host.events.contains(.delivered(Self.channel, "{}"))
        }
    }

    @Test("a slot moves under load: who came and went is right, and in the order in which it was")
    func slotMoves() async throws {
        let redis = try await RedisService(.cluster)
        let (one, two) = (
            try await BrokerHost("i_1", redis.entries), try await BrokerHost("i_2", redis.entries)
        )
        for host in [one, two] {
            try await host.connected()
            try await host.subscribe(to: Self.presence)
        }
        let source = try await redis.place(of: Self.presence.name)
        let slot = try await redis.slot(of: Self.presence.name)
        // Enough that they are moved while it goes on.
        for number in 0..<50 { #expect(await one.arrive("old-\(number)", in: "r") == .arrived) }
        async let moving: Void = redis.move(slot: slot, from: source, to: (source + 1) % 3)
        for number in 0..<300 {
            let host = number % 2 == 0 ? one : two
            #expect(await host.arrive("u-\(number)", in: "r", seats: 1000) == .arrived)
            if number % 3 == 0 { await host.depart("u-\(number)", from: "r") }
        }
        try await moving
        let expected = (0..<50).map { "old-\($0)" } + (0..<300).filter { $0 % 3 != 0 }.map { "u-\($0)" }
        #expect(await one.roll(of: "r") == expected.sorted())
        for host in [one, two] {
            try await host.has(.lost(Self.presence))
            try await host.has(.subscribed(Self.presence), times: 2)
            #expect(!host.events.contains(.forgot))
        }
        await two.publish("{}", to: Self.presence)
        try await one.has(.delivered(Self.presence, "{}"))
    }
}
