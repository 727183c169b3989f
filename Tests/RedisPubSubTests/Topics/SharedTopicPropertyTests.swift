import ClientProtocol
import JSON
import StoaTesting
import TestRandom
import Testing

@testable import PubSub
@testable import RedisPubSub

@Suite("a topic at two processes, against a model")
struct SharedTopicPropertyTests {
    enum Operation {
        /// Publishes at one of the processes, and again what was not acknowledged.
        case publish(Int)
        /// A client leaves and goes on from its position at the other process.
        case move
        case redis(Nemesis)
    }

    enum Nemesis { case die, start, hang, goOn }

    private static let channel = "topic:lobby"

    private static func operations(seed: UInt64) -> [Operation] {
        var random = SeededRandom(seed: seed)
        var isUp = true
        // Every second run loses nothing: there nothing may come twice at all.
        let mayDie = seed % 2 == 0
        return (0..<60).map { _ in
            switch Int.random(in: 0..<12, using: &random) {
            case 0..<8: return .publish(Int.random(in: 0...1, using: &random))
            case 8, 9: return .move
            default:
                isUp.toggle()
                return .redis(isUp ? (mayDie ? .start : .goOn) : (mayDie ? .die : .hang))
            }
        }
    }

    @Test(
        "whatever Redis does, an epoch's publications come once, in order and without holes (DESIGN 3, 6)",
        arguments: RedisService.Shape.allCases, 0..<8 as Range<UInt64>)
    func holds(_ shape: RedisService.Shape, seed: UInt64) async throws {
        let redis = try await RedisService(shape)
        var session = Session(
            redis, [try await TopicRig(redis.address, "i_1"), try await TopicRig(redis.address, "i_2")])
        try await session.begin()
        for operation in Self.operations(seed: seed) { try await session.perform(operation) }
        for problem in try await session.verdict(mayRepeat: seed % 2 == 0 || shape == .sentinel) {
            Issue.record("\(shape), seed \(seed): \(problem)")
        }
    }

    private struct Session {
        private let redis: RedisService
        private var victim: RedisProcess
        private let rigs: [TopicRig]
        private var watchers: [SubscriberHandle] = []
        private var mover = TopicFollower()
        private var place = 0
        private var handle: SubscriberHandle?
        private var published: Int64 = 0
        private var owed: [Int64] = []
        private var acknowledged: [(TopicFollower.Place, Int64)] = []
        private var isDead = false

        init(_ redis: RedisService, _ rigs: [TopicRig]) {
            self.redis = redis
            victim = redis.servers[0]
            self.rigs = rigs
        }

        mutating func begin() async throws {
            victim = try await redis.master(of: channel)
            for (rig, name) in zip(rigs, [channel, "topic:lob*"]) {
                watchers.append(try await rig.subscribed([name]))
            }
            handle = try await rigs[place].subscribed([channel])
        }

        mutating func perform(_ operation: Operation) async throws {
            switch operation {
            case .publish(let place):
                published += 1
                owed.append(published)
                await publishOwed(at: place)
            case .move: try await move()
            case .redis(.die):
                victim = try await redis.master(of: channel)
                victim.kill()
                isDead = true
            case .redis(.hang):
                victim = try await redis.master(of: channel)
                victim.pause(true)
            case .redis(.start), .redis(.goOn): try await revive()
            }
        }

        private mutating func publishOwed(at place: Int) async {
            while let number = owed.first {
                do {
                    let ack = try await rigs[place].publish("\(number)", to: channel, id: "p-\(number)")
                        .position
                    let place = TopicFollower.Place(channel: channel, epoch: ack.epoch, offset: ack.offset)
                    acknowledged.append((place, number))
                    owed.removeFirst()
                } catch {
                    return
                }
            }
        }

        /// Leaves with what has come so far, and goes on elsewhere; where that is refused, with the next move.
        private mutating func move() async throws {
            if let handle {
                for message in rigs[place].received(by: handle) { mover.take(message) }
                rigs[place].post(.gone(handle, user: "ann"))
            }
            place = 1 - place
            let next = rigs[place].newHandle()
            rigs[place].subscribe(next, [channel], since: mover.positions)
            let rig = rigs[place]
            try await rig.wait("an answer", next) { !$0.isEmpty }
            handle = rig.received(by: next).first?["type"]?.string == "snapshot" ? next : nil
        }

        private mutating func revive() async throws {
            victim.pause(false)
            if isDead { try await victim.start() }
            isDead = false
        }

        mutating func verdict(mayRepeat: Bool) async throws -> [String] {
            try await revive()
            var last = try await publishLast()
            // What the old master took at the end of its time is lost with it, acknowledged or not.
            for _ in 0..<5 where redis.shape == .sentinel && !hasReached(last) {
                try? await eventually("it arrives", within: 3) { hasReached(last) }
                if !hasReached(last) { last = try await publishLast() }
            }
            guard owed.isEmpty else { return ["not acknowledged: \(owed)"] }
            for _ in 0..<200 where handle == nil {
                try await move()
                if handle == nil { try await Task.sleep(for: .milliseconds(20)) }
            }
            guard let handle else { return ["the one who moves is not let in"] }
            var problems: [String] = []
            for (rig, watcher) in zip(rigs, watchers) {
                try await rig.wait(for: last, watcher)
                var follower = TopicFollower()
                for message in rig.received(by: watcher) { follower.take(message) }
                problems += judge(follower, mayRepeat)
            }
            // One who has come in after the last one has it in the snapshot.
            let end = acknowledged.last?.0
            try await rigs[place].wait("the last one", handle) { messages in
                var follower = mover
                for message in messages { follower.take(message) }
                return follower.positions[channel]?.offset == end?.offset
            }
            for message in rigs[place].received(by: handle) { mover.take(message) }
            return problems + judge(mover, mayRepeat)
        }

        private mutating func publishLast() async throws -> Int64 {
            published += 1
            owed.append(published)
            for _ in 0..<1000 where !owed.isEmpty {
                await publishOwed(at: 0)
                if !owed.isEmpty { try await Task.sleep(for: .milliseconds(20)) }
            }
            return published
        }

        private func hasReached(_ last: Int64) -> Bool {
            zip(rigs, watchers).allSatisfy { $0.received(by: $1).published.contains(last) }
        }

        private func judge(_ follower: TopicFollower, _ mayRepeat: Bool) -> [String] {
            var problems = follower.problems
            for (place, number) in acknowledged {
                guard let beginning = follower.beginnings[place.epoch], place.offset > beginning else {
                    continue
                }
                let seen = follower.seen[place]
                let isOver = follower.positions[place.channel]?.epoch != place.epoch
                if seen != number, !(isOver && seen == nil) {
                    problems.append("\(number) was acknowledged at \(place), where \(seen ?? 0) is")
                }
            }
            if !mayRepeat, Set(follower.seen.values).count != follower.seen.count {
                problems.append("something came twice")
            }
            return problems
        }
    }
}
