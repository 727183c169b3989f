import PubSub
import StoaTesting
import Testing

@testable import RedisPubSub

@Suite("a broker over a real Redis")
struct RedisBrokerTests {
    private static let channel = BrokerChannel(.messages, of: "r1")

    @Test(
        "what one process publishes the others get, in order, and it gets it too",
        arguments: RedisService.Shape.allCases)
    func publicationsArriveInOrder(_ shape: RedisService.Shape) async throws {
        let redis = try await RedisService(shape)
        let (one, two) = (
            try await BrokerHost("i_1", redis.entries), try await BrokerHost("i_2", redis.entries)
        )
        try await one.connected()
        try await one.subscribe(to: Self.channel)
        try await two.subscribe(to: Self.channel)
        let texts = (1...500).map { "{\"n\":\($0)}" }
        for text in texts { await one.publish(text, to: Self.channel) }
        for host in [one, two] {
            try await eventually("all arrived") { host.delivered(on: Self.channel).count >= 500 }
            #expect(host.delivered(on: Self.channel) == texts)
        }
    }

    @Test("the names are those that other services know (A13)")
    func namesForOthers() async throws {
        let redis = try await RedisProcess()
        let host = try await BrokerHost("i_1", [redis.address])
        try await host.subscribe(to: Self.channel)
        try await host.subscribe(to: BrokerChannel(.notifications))
        #expect(try await redis.command("PUBLISH", "room:r1:messages", "{}").hasPrefix("1"))
        #expect(try await redis.command("PUBLISH", "global:notifications", "[]").hasPrefix("1"))
        try await host.has(.delivered(Self.channel, "{}"))
        try await host.has(.delivered(BrokerChannel(.notifications), "[]"))
        host.unsubscribe(from: Self.channel)
        try await eventually("nobody listens") {
            try await redis.command("PUBLISH", "room:r1:messages", "{}").hasPrefix("0")
        }
    }

    @Test("a Redis that dies is told of once, and comes back with all subscriptions")
    func redisRestarts() async throws {
        let redis = try await RedisProcess()
        let host = try await BrokerHost("i_1", [redis.address])
        try await host.connected()
        try await host.subscribe(to: Self.channel)
        redis.kill()
        try await host.has(.lost(Self.channel))
        // The other connection may find it a moment later.
        try await eventually("nothing goes there") { await host.publish("{}", to: Self.channel) == false }
        try await redis.start()
        try await host.has(.subscribed(Self.channel), times: 2)
        try await host.connected()
        await host.publish("{}", to: Self.channel)
        try await host.has(.delivered(Self.channel, "{}"))
    }

    @Test("a Redis that hangs is given up, and found again when it goes on")
    func redisHangs() async throws {
        let redis = try await RedisProcess()
        let host = try await BrokerHost("i_1", [redis.address])
        try await host.connected()
        try await host.subscribe(to: Self.channel)
        redis.pause(true)
        try await host.has(.lost(Self.channel))
        redis.pause(false)
        try await host.has(.subscribed(Self.channel), times: 2)
    }

    @Test("a person with a password is let in, another is told why not")
    func passwords() async throws {
        let redis = try await RedisProcess(listening: true, "--requirepass", "s3cret")
        let host = try await BrokerHost("i_1", ["redis://:s3cret@127.0.0.1:\(redis.port)/2"])
        try await host.connected()
        let stranger = try await BrokerHost("i_2", ["redis://127.0.0.1:\(redis.port)"])
        #expect(await stranger.publish("{}", to: Self.channel) == false)
    }

    @Test("several plain servers share the channels, each in every process at the same one")
    func severalServers() async throws {
        let (left, right) = (try await RedisProcess(), try await RedisProcess())
        let addresses = [left.address, right.address]
        let (one, two) = (
            try await BrokerHost("i_1", addresses), try await BrokerHost("i_2", addresses)
        )
        let channels = (0..<16).map { BrokerChannel(.messages, of: "room-\($0)") }
        for channel in channels { try await two.subscribe(to: channel) }
        for channel in channels {
            try await eventually("reaches") {
                await one.ask { broker, answer in answer(broker.reaches(channel)) }
            }
            await one.publish("{}", to: channel)
            try await two.has(.delivered(channel, "{}"))
        }
        #expect(try await left.command("PUBSUB", "CHANNELS").contains("room-"))
        #expect(try await right.command("PUBSUB", "CHANNELS").contains("room-"))
    }

    @Test("scripts that Redis has forgotten are told again")
    func flushedScripts() async throws {
        let redis = try await RedisProcess()
        let host = try await BrokerHost("i_1", [redis.address])
        try await host.connected()
        #expect(await host.arrive("ann", in: "r") == .arrived)
        try await redis.command("SCRIPT", "FLUSH")
        #expect(await host.arrive("bob", in: "r") == .arrived)
        #expect(await host.roll(of: "r") == ["ann", "bob"])
    }
}
