import Identity
import PubSub
import StoaTesting
import TestRandom
import Testing

@testable import RedisPubSub

@Suite("quotas that processes count together, over a real Redis")
struct RedisRateTests {
    /// What the step says: wait, rest, reset and time, in microseconds.
    private static func take(
        _ name: String, count: Int64, milliseconds: Int64, cost: Int64, by host: BrokerHost
    ) async throws -> [Int64] {
        let said: [Int64]? = await host.ask { broker, answer in
            let places = broker.places
            places.run(
                .takeRate, keys: [places.keys.rate(name)],
                [.integer(count), .integer(milliseconds), .integer(cost)], at: .rate(name)
            ) { result in
                guard case .success(let reply) = result else { return answer(nil) }
                answer(reply.members?.compactMap(\.number))
            }
        }
        let numbers = try #require(said)
        try #require(numbers.count == 4)
        return numbers
    }

    @Test("step for step it says what the limiter of one process says, by Redis' clock")
    func property() async throws {
        let redis = try await RedisProcess()
        let host = try await BrokerHost("i_1", [redis.address])
        try await host.connected()
        for seed in 0..<12 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            // Of each a part is a whole number of microseconds: the limiter's parts are finer.
            let counts: [Int64] = [1, 2, 4, 5, 8, 10, 20, 25]
            let milliseconds = Int64.random(in: 1...30, using: &random)
            var count = counts.randomElement(using: &random) ?? 1
            let limiter = RateLimiter()
            for step in 0..<200 {
                if Int.random(in: 0..<20, using: &random) == 0 {
                    count = counts.randomElement(using: &random) ?? 1
                }
                let cost =
                    Int.random(in: 0..<10, using: &random) == 0 ? Int64.random(in: 0...9, using: &random) : 1
                let said = try await Self.take(
                    "seed-\(seed)", count: count, milliseconds: milliseconds, cost: cost, by: host)
                // The limiter counts whatever it is told as milliseconds.
                let quota = RateQuota(Int(count), per: milliseconds * 1000)
                let due = limiter.take("k", quota, cost: Int(cost), now: said[3])
                #expect(
                    Array(said.prefix(3)) == [due.wait, due.remaining, due.reset],
                    "seed \(seed), step \(step): \(cost) of \(count) in \(milliseconds) ms")
            }
        }
    }

    @Test(
        "of fifty who ask two processes at once as many go on as there are",
        arguments: RedisService.Shape.allCases)
    func race(_ shape: RedisService.Shape) async throws {
        let redis = try await RedisService(shape)
        let hosts = [try await BrokerHost("i_1", redis.entries), try await BrokerHost("i_2", redis.entries)]
        for host in hosts { try await host.connected() }
        for round in 1...3 {
            let verdicts = await withTaskGroup { group in
                for number in 0..<50 {
                    let rates = hosts[number % 2].shared
                    group.addTask {
                        await rates.take("race-\(round)", count: 20, milliseconds: 3_600_000, cost: 1)
                    }
                }
                return await group.reduce(into: [RateVerdict?]()) { $0.append($1) }
            }
            let admitted = verdicts.compactMap(\.self).filter { $0.wait == 0 }
            #expect(verdicts.allSatisfy { $0 != nil })
            #expect(admitted.map(\.remaining).sorted() == Array(0..<20))
        }
    }

    @Test("a key ends by itself or is given back; without Redis there is no verdict")
    func ends() async throws {
        let redis = try await RedisProcess()
        let host = try await BrokerHost("i_1", [redis.address])
        try await host.connected()
        let first = await host.shared.take("a", count: 2, milliseconds: 60_000, cost: 9)
        #expect(first?.wait == 0 && first?.remaining == 0)
        #expect(await host.shared.take("a", count: 2, milliseconds: 60_000, cost: 1)?.wait ?? 0 > 20_000)
        let life = try await redis.command("PTTL", "stoa:rate:a")
        #expect((20_000...60_002).contains(Int(life.split(separator: "\n").first ?? "") ?? 0))
        #expect(await host.shared.forget("a"))
        #expect(await host.shared.forget("a") == false)
        #expect(await host.shared.take("a", count: 2, milliseconds: 60_000, cost: 1)?.remaining == 1)
        redis.kill()
        #expect(await host.shared.take("a", count: 2, milliseconds: 60_000, cost: 1) == nil)
        #expect(await host.shared.forget("a") == false)
    }
}
