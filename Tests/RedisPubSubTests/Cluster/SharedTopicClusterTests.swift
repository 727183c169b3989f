import ClientProtocol
import JSON
import StoaTesting
import Testing

@testable import PubSub
@testable import RedisPubSub

@Suite("a topic at two processes, in a cluster that changes", .timeLimit(.minutes(3)))
struct SharedTopicClusterTests {
    private static let lobby = "topic:lobby"

    /// Publishes numbers, each until it is acknowledged, and sees what the other process' subscriber makes of them.
    private static func publish(
        _ numbers: ClosedRange<Int64>, _ rigs: [TopicRig],
        meanwhile harm: @Sendable @escaping () async throws -> Void
    ) async throws -> TopicFollower {
        let handle = try await rigs[1].subscribed([lobby])
        async let harmed: Void = harm()
        for number in numbers {
            try await eventually("\(number) is taken", within: 30) {
                await rigs[0].refusal(of: "\(number)", to: lobby, id: "p-\(number)") == nil
            }
        }
        try await harmed
        let last = numbers.upperBound + 1
        _ = try await rigs[0].publish("\(last)", to: lobby)
        try await rigs[1].wait(for: last, handle)
        var follower = TopicFollower()
        for message in rigs[1].received(by: handle) { follower.take(message) }
        return follower
    }

    @Test("its slot moves under load: another epoch with a gap, and nothing twice or out of order")
    func slotMoves() async throws {
        let redis = try await RedisService(.cluster)
        let rigs = try await TopicRig.two(redis)
        let source = try await redis.place(of: Self.lobby)
        let slot = try await redis.slot(of: Self.lobby)
        let follower = try await Self.publish(1...400, rigs) {
            try await redis.move(slot: slot, from: source, to: (source + 1) % 3)
        }
        #expect(follower.problems == [])
        #expect(follower.beginnings.count == 2)
        #expect(Set(follower.seen.values).count == follower.seen.count)
        #expect(
            try await redis.servers[(source + 1) % 3].command("EXISTS", "stoa:{topic:lobby}:state") == "1\n")
    }

    @Test("its master fails over under load: another epoch with a gap, and what comes after is whole")
    func failover() async throws {
        let redis = try await RedisService(.cluster, replicas: 1)
        let rigs = try await TopicRig.two(redis)
        let master = try await redis.master(of: Self.lobby)
        let follower = try await Self.publish(1...400, rigs) { master.kill() }
        #expect(follower.problems == [])
        #expect(follower.beginnings.count == 2)
    }

    @Test("the first publications, sent without waiting, keep their order")
    func firstOnes() async throws {
        let redis = try await RedisService(.cluster)
        let rigs = try await TopicRig.two(redis)
        for topic in (0..<30).map({ "topic:new-\($0)" }) {
            let numbers = Array(Int64(1)...40)
            for number in numbers {
                rigs[0].post(
                    .publish(
                        TopicPublication(
                            channel: topic, data: Array("\(number)".utf8), publisher: "bob", clientID: nil,
                            reply: .none)))
                // Some come in the turns in which the topic begins.
                if number % 8 == 0 { await rigs[0].turn() }
            }
            let ack = try await rigs[0].publish("41", to: topic)
            #expect(ack["offset"]?.integer == 41)
            let handle = try await rigs[1].subscribed(
                [topic], since: [topic: StreamPosition(epoch: ack["epoch"]?.string ?? "", offset: 0)])
            try await rigs[1].wait(for: 41, handle)
            #expect(rigs[1].received(by: handle).published == numbers + [41])
        }
    }

    @Test("in a cluster there are no more topics than there may be, wherever they live")
    func bounds() async throws {
        let redis = try await RedisService(.cluster)
        let rigs = try await TopicRig.two(redis) { $0.channels = 20 }
        var refused = 0
        for number in 0..<40 {
            let code = await rigs[number % 2].refusal(of: "1", to: "topic:n-\(number)")
            #expect(code == nil || code == .tooManyChannels)
            if code != nil { refused += 1 }
        }
        // Six were there before.
        #expect(refused == 26)
    }
}
