import ClientProtocol
import JSON
import StoaTesting
import Testing

@testable import PubSub
@testable import RedisPubSub

@Suite("a topic at two processes, whatever Redis does")
struct SharedTopicFaultTests {
    private static let lobby = "topic:lobby"

    @Test("a Redis that died and is empty: publishing is refused meanwhile, then an epoch begins with a gap")
    func redisDies() async throws {
        let redis = try await RedisProcess()
        let rigs = try await TopicRig.two(redis)
        let handle = try await rigs[1].subscribed([Self.lobby])
        _ = try await rigs[1].publish("1", to: Self.lobby)
        try await rigs[1].wait(for: 1, handle)
        redis.kill()
        try await eventually("publishing is refused") {
            await rigs[1].refusal(of: "0", to: Self.lobby) == .unavailable
        }
        try await redis.start()
        try await eventually("publishing works") {
            await rigs[1].refusal(of: "2", to: Self.lobby, id: "p-2") == nil
        }
        try await rigs[1].wait(for: 2, handle)
        let received = rigs[1].received(by: handle)
        #expect(received.of("gap").map { $0["reason"]?.string } == ["epoch"])
        var follower = TopicFollower()
        for message in received { follower.take(message) }
        #expect(follower.problems == [])
    }

    @Test("a Redis that hangs: what was published is not told twice, and nothing is missed")
    func redisHangs() async throws {
        let redis = try await RedisProcess()
        let rigs = try await TopicRig.two(redis)
        let handle = try await rigs[1].subscribed([Self.lobby])
        _ = try await rigs[1].publish("1", to: Self.lobby, id: "p-1")
        redis.pause(true)
        #expect(
            await rigs[1].refusal(of: "2", to: Self.lobby, id: "p-2") == .unavailable)
        redis.pause(false)
        try await eventually("publishing works") {
            await rigs[1].refusal(of: "2", to: Self.lobby, id: "p-2") == nil
        }
        _ = try await rigs[1].publish("3", to: Self.lobby, id: "p-3")
        try await rigs[1].wait(for: 3, handle)
        #expect(rigs[1].received(by: handle).published == [1, 2, 3])
        #expect(rigs[1].received(by: handle).of("gap").isEmpty)
    }

    @Test("while Redis is away a new subscriber is told to come again")
    func subscribesWithoutRedis() async throws {
        let redis = try await RedisProcess()
        let rig = try await TopicRig(redis.address, "i_1")
        _ = try await rig.subscribed([Self.lobby])
        redis.kill()
        for channel in ["topic:new", "topic:x-*"] {
            try await eventually("refused") {
                let handle = rig.newHandle()
                rig.subscribe(handle, [channel])
                try await rig.wait("an answer", handle) { !$0.isEmpty }
                return rig.received(by: handle).first?["code"]?.string == "unavailable"
            }
        }
    }

    @Test("a Redis that is full: publishing is refused, who listens keeps what they have")
    func redisIsFull() async throws {
        let redis = try await RedisProcess()
        let rigs = try await TopicRig.two(redis)
        let handle = try await rigs[0].subscribed([Self.lobby])
        _ = try await rigs[1].publish("1", to: Self.lobby)
        try await redis.command("CONFIG", "SET", "maxmemory", "1")
        #expect(await rigs[1].refusal(of: "2", to: Self.lobby) == .unavailable)
        try await redis.command("CONFIG", "SET", "maxmemory", "0")
        _ = try await rigs[1].publish("3", to: Self.lobby)
        try await rigs[0].wait(for: 3, handle)
        #expect(rigs[0].received(by: handle).published == [1, 3])
        #expect(rigs[0].received(by: handle).of("gap").isEmpty)
    }
}
