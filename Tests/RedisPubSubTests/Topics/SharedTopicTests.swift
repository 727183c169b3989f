import ClientProtocol
import JSON
import StoaTesting
import Testing

@testable import PubSub
@testable import RedisPubSub

@Suite("a topic at two processes, over a real Redis")
struct SharedTopicTests {
    private static let lobby = "topic:lobby"

    @Test(
        "whoever races, each publication has its own offset, and all see one order (DESIGN 6)",
        arguments: RedisService.Shape.allCases)
    func oneOrder(_ shape: RedisService.Shape) async throws {
        let redis = try await RedisService(shape)
        let rigs = try await TopicRig.two(redis)
        let handles = [
            try await rigs[0].subscribed([Self.lobby]), try await rigs[1].subscribed([Self.lobby]),
        ]
        let offsets = try await withThrowingTaskGroup { group in
            for number in 1...200 {
                group.addTask {
                    try await rigs[number % 2].publish("\(number)", to: Self.lobby).position.offset
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(offsets.sorted() == Array(1...200))
        for (rig, handle) in zip(rigs, handles) {
            try await rig.wait("all publications", handle) { $0.offsets.count >= 200 }
            #expect(rig.received(by: handle).offsets == Array(1...200))
        }
        #expect(rigs[0].received(by: handles[0]).published == rigs[1].received(by: handles[1]).published)
    }

    @Test(
        "a repeat at the other process gets the first one's offset and is not told again (DESIGN 3.4)",
        arguments: RedisService.Shape.allCases)
    func idempotentOverProcesses(_ shape: RedisService.Shape) async throws {
        let redis = try await RedisService(shape)
        let rigs = try await TopicRig.two(redis)
        let handle = try await rigs[0].subscribed([Self.lobby])
        let first = try await rigs[0].publish("1", to: Self.lobby, id: "p-1")
        let again = try await rigs[1].publish("1", to: Self.lobby, id: "p-1")
        #expect(again.position == first.position)
        #expect(again["duplicate"]?.bool == true)
        let other = try await rigs[1].publish("2", to: Self.lobby, by: "cat", id: "p-1")
        #expect(other.position.offset == 2)
        try await rigs[0].wait(for: 2, handle)
        #expect(rigs[0].received(by: handle).published == [1, 2])
    }

    @Test(
        "a client goes on at the other process with exactly what it missed (DESIGN 3.5)",
        arguments: RedisService.Shape.allCases)
    func resumesElsewhere(_ shape: RedisService.Shape) async throws {
        let redis = try await RedisService(shape)
        let rigs = try await TopicRig.two(redis) { $0.ringCount = 8 }
        _ = try await rigs[0].subscribed([Self.lobby])
        var epoch = ""
        for number in 1...10 {
            epoch = try await rigs[0].publish("\(number)", to: Self.lobby).position.epoch
        }
        let since = [Self.lobby: StreamPosition(epoch: epoch, offset: 4)]
        let handle = try await rigs[1].subscribed([Self.lobby], since: since)
        _ = try await rigs[0].publish("11", to: Self.lobby)
        try await rigs[1].wait(for: 11, handle)
        let received = rigs[1].received(by: handle)
        #expect(received.published == [5, 6, 7, 8, 9, 10, 11])
        let state = received.of("snapshot").last?["channels"]?[Self.lobby]
        #expect(state?["recovered"]?.bool == true)
        #expect(state?["offset"]?.integer == 10)
        #expect(state?["data"]?.integer == 10)
        let late = [Self.lobby: StreamPosition(epoch: epoch, offset: 1)]
        let second = try await rigs[1].subscribed([Self.lobby], since: late)
        try await rigs[1].wait("a gap", second) { $0.of("gap").last?["reason"]?.string == "limit" }
        let other = [Self.lobby: StreamPosition(epoch: "t_other", offset: 1)]
        let third = try await rigs[1].subscribed([Self.lobby], since: other)
        try await rigs[1].wait("a gap", third) { $0.of("gap").last?["reason"]?.string == "epoch" }
    }

    @Test(
        "between a snapshot and what follows nothing falls, however much is published meanwhile",
        arguments: RedisService.Shape.allCases)
    func subscribesAmidPublications(_ shape: RedisService.Shape) async throws {
        let redis = try await RedisService(shape)
        let rigs = try await TopicRig.two(redis)
        _ = try await rigs[0].subscribed(["topic:other"])
        async let publishing: Void = {
            for number in 1...300 { _ = try await rigs[0].publish("\(number)", to: Self.lobby) }
        }()
        var handles: [SubscriberHandle] = []
        for _ in 0..<5 { handles.append(try await rigs[1].subscribed([Self.lobby])) }
        try await publishing
        for handle in handles {
            try await rigs[1].wait("the end", handle) { messages in
                var follower = TopicFollower()
                for message in messages { follower.take(message) }
                return follower.positions[Self.lobby]?.offset == 300 && follower.problems.isEmpty
            }
        }
    }

    @Test(
        "a pattern covers topics that exist at any process, and those that begin later",
        arguments: RedisService.Shape.allCases)
    func patterns(_ shape: RedisService.Shape) async throws {
        let redis = try await RedisService(shape)
        let rigs = try await TopicRig.two(redis)
        _ = try await rigs[0].subscribed(["topic:other"])
        _ = try await rigs[0].publish("1", to: "topic:x-1")
        let handle = try await rigs[1].subscribed(["topic:x-*"])
        #expect(
            rigs[1].received(by: handle).of("snapshot").last?["channels"]?["topic:x-1"]?["data"]?.integer == 1
        )
        _ = try await rigs[0].publish("2", to: "topic:y-1")
        _ = try await rigs[0].publish("3", to: "topic:x-2")
        _ = try await rigs[0].publish("4", to: "topic:x-1")
        try await rigs[1].wait(for: 4, handle)
        try await rigs[1].wait("the new topic", handle) { messages in
            messages.of("snapshot").contains { $0["channels"]?["topic:x-2"] != nil }
        }
        _ = try await rigs[0].publish("5", to: "topic:x-2")
        try await rigs[1].wait(for: 5, handle)
        #expect(!rigs[1].received(by: handle).published.contains(2))
    }

    @Test("topics that nobody uses end, here and at Redis, and with them their names")
    func topicsEnd() async throws {
        let redis = try await RedisProcess()
        let rigs = try await TopicRig.two(redis) { $0.idleMilliseconds = 1000 }
        let handle = try await rigs[0].subscribed([Self.lobby])
        _ = try await rigs[1].publish("1", to: "topic:brief")
        try await eventually("it has ended") {
            try await redis.command("EXISTS", "stoa:{topic:brief}:state", "stoa:{topic:brief}:ring") == "0\n"
        }
        // Another one's beginning sweeps the names.
        _ = try await rigs[1].publish("1", to: "topic:next")
        try await eventually("its name is gone") {
            _ = try await rigs[1].publish("1", to: "topic:next\(Int64.random(in: 0 ... .max))")
            return try await !redis.command("ZRANGE", "stoa:topics:names", "0", "-1").contains("topic:brief")
        }
        // The one that somebody listens to lives on.
        _ = try await rigs[1].publish("2", to: Self.lobby)
        try await rigs[0].wait(for: 2, handle)
        #expect(rigs[0].received(by: handle).of("gap").isEmpty)
        rigs[0].post(.unsubscribe(handle, channels: [Self.lobby], id: "u"))
        try await eventually("nobody hears it") {
            try await redis.command("PUBSUB", "NUMSUB", Self.lobby).contains("0")
        }
    }

    @Test("a publication that the channel lost is read from the ring; a lost last one is found by comparing")
    func lostPublications() async throws {
        let redis = try await RedisProcess()
        let rigs = try await TopicRig.two(redis) { $0.idleMilliseconds = 3000 }
        let handle = try await rigs[0].subscribed([Self.lobby])
        _ = try await rigs[1].publish("1", to: Self.lobby)
        try await Self.publishUnheard("2", redis)
        _ = try await rigs[1].publish("3", to: Self.lobby)
        try await rigs[0].wait(for: 3, handle)
        try await Self.publishUnheard("4", redis)
        try await rigs[0].wait(for: 4, handle)
        #expect(rigs[0].received(by: handle).published == [1, 2, 3, 4])
    }

    /// As if the message had been lost on its way.
    private static func publishUnheard(_ data: String, _ redis: RedisProcess) async throws {
        let script = """
            local offset = redis.call('HINCRBY', KEYS[1], 'offset', 1)
            local epoch = redis.call('HGET', KEYS[1], 'epoch')
            return redis.call('RPUSH', KEYS[2], '{"type":"publication","channel":"topic:lobby","epoch":"' .. epoch
                .. '","offset":' .. offset .. ',"at":1,"data":' .. ARGV[1] .. '}')
            """
        let keys = ["state", "ring"].map { "stoa:{\(lobby)}:\($0)" }
        try await redis.command("EVAL", script, "2", keys[0], keys[1], data)
    }

    @Test("what another service says there is passed on without an offset, and nonsense is not (A13)")
    func otherServices() async throws {
        let redis = try await RedisProcess()
        let rig = try await TopicRig(redis.address, "i_1")
        let handle = try await rig.subscribed([Self.lobby])
        for text in ["nonsense", "[1]", #"{"open":"#, #"{"type":5,"quiz":"What is 6 × 7?"}"#] {
            try await redis.command("PUBLISH", Self.lobby, text)
        }
        _ = try await rig.publish("1", to: Self.lobby)
        try await rig.wait(for: 1, handle)
        let publications = rig.received(by: handle).of("publication")
        #expect(publications.count == 2)
        #expect(publications.first?["data"]?["quiz"]?.string == "What is 6 × 7?")
        #expect(publications.first?["offset"] == nil)
    }

    @Test("a failover to a server with older data begins another epoch: no offset means two things")
    func failover() async throws {
        let redis = try await RedisProcess()
        let rigs = try await TopicRig.two(redis)
        _ = try await rigs[0].subscribed([Self.lobby])
        let first = try await rigs[0].publish("1", to: Self.lobby, id: "p-1")
        // As the state of another server has it, of which this one has taken the data over.
        try await redis.command("HSET", "stoa:{\(Self.lobby)}:state", "run", "another")
        let second = try await rigs[1].publish("2", to: Self.lobby)
        #expect(second.position.epoch != first.position.epoch)
        #expect(second.position.offset == 1)
        let again = try await rigs[1].publish("1", to: Self.lobby, id: "p-1")
        #expect(again.position == first.position)
    }

    @Test("there are no more topics than there may be, over all processes")
    func boundOfTopics() async throws {
        let redis = try await RedisProcess()
        let rigs = try await TopicRig.two(redis) { $0.channels = 2 }
        _ = try await rigs[0].subscribed([Self.lobby])
        _ = try await rigs[0].publish("1", to: "topic:second")
        #expect(
            await rigs[1].refusal(of: "1", to: "topic:third") != nil)
    }
}
