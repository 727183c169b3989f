import Identity
import TestRandom
import Testing

@Suite("How often something may be done")
struct RateLimiterTests {
    @Test("what costs more than one takes more, and never more than there is")
    func costs() {
        let limiter = RateLimiter()
        let quota = RateQuota(10, per: 60_000)
        #expect(limiter.take("a", quota, cost: 7, now: 0).remaining == 3)
        #expect(limiter.take("a", quota, cost: 4, now: 0).wait == 6000)
        #expect(limiter.take("a", quota, cost: 3, now: 0).remaining == 0)
        #expect(limiter.take("a", quota, cost: 500, now: 0).wait == 60_000)
        #expect(limiter.take("a", quota, cost: 500, now: 60_000).wait == 0)
    }

    @Test("so many at once, then one for each part of the time, with the exact wait")
    func rate() {
        let limiter = RateLimiter()
        let quota = RateQuota.quarterHour(5)
        for left in (0..<5).reversed() {
            let verdict = limiter.take("a", quota, now: 1000)
            #expect(verdict.wait == 0 && verdict.remaining == Int64(left))
            #expect(verdict.reset == Int64(5 - left) * 180_000)
        }
        #expect(limiter.take("a", quota, now: 1000).wait == 180_000)
        #expect(limiter.take("a", quota, now: 180_999).wait == 1)
        #expect(limiter.take("a", quota, now: 181_000).wait == 0)
        #expect(limiter.take("a", quota, now: 181_000).wait == 180_000)
        #expect(limiter.take("b", quota, now: 181_000).wait == 0)
        for _ in 0..<5 { #expect(limiter.take("a", quota, now: 2_000_000).wait == 0) }
        #expect(limiter.take("a", quota, now: 2_000_000).wait > 0)
    }

    @Test("0 is no limit")
    func none() {
        let limiter = RateLimiter()
        for _ in 0..<100 { #expect(limiter.take("a", .hour(0), now: 0).wait == 0) }
    }

    @Test("keys beyond those that are remembered wait until others are as good as new")
    func bound() {
        let limiter = RateLimiter(keyLimit: 1000)
        let quota = RateQuota.quarterHour(5)
        for number in 0..<1000 { _ = limiter.take("\(number)", quota, now: 1000) }
        #expect(limiter.take("new", quota, now: 1000).wait > 0)
        #expect(limiter.take("0", quota, now: 1000).wait == 0)
        #expect(limiter.take("new", quota, now: 500_000).wait == 0)
    }

    @Test("a quota that grows or shrinks leaves used what was used, in time")
    func change() {
        let limiter = RateLimiter()
        for _ in 0..<50 { _ = limiter.take("a", .hour(100), now: 0) }
        // Half an hour is used.
        #expect(limiter.take("a", .hour(1000), now: 0).remaining == 499)
        #expect(limiter.take("b", .hour(100), now: 0).remaining == 99)
        for _ in 0..<499 { _ = limiter.take("a", .hour(1000), now: 0) }
        #expect(limiter.take("a", .hour(100), now: 0).wait == 36_000)
    }

    /// The same rule written as its definition: a log of all that went on; of any stretch from one of them to now no
    /// more than the quota, and what comes back meanwhile, may have gone on.
    private struct Log {
        var times: [Int64] = []

        mutating func take(_ quota: RateQuota, now: Int64) -> Bool {
            let isGood = times.indices.allSatisfy { index in
                let taken = Int64(times.count - index) + 1
                return taken * quota.milliseconds
                    <= quota.count * quota.milliseconds + (now - times[index]) * quota.count
            }
            if isGood { times.append(now) }
            return isGood
        }
    }

    @Test("for any times it says what a log of all times says, and its wait is exact", arguments: 0..<200)
    func property(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let counts = [1, 2, 3, 5, 7, 10, 100, 999]
        let quota = RateQuota(
            counts.randomElement(using: &random) ?? 1, per: Int64.random(in: 1...20_000, using: &random))
        let limiter = RateLimiter()
        var log = Log()
        var now = Int64.random(in: 0...2_000_000_000_000, using: &random)
        for step in 0..<300 {
            let interval = quota.milliseconds / quota.count
            switch Int.random(in: 0..<10, using: &random) {
            case 0: now += Int64.random(in: 0...quota.milliseconds * 2, using: &random)
            case 1...4: now += Int64.random(in: 0...(interval + 1), using: &random)
            default: break
            }
            let verdict = limiter.take("k", quota, now: now)
            let isGood = log.take(quota, now: now)
            #expect((verdict.wait == 0) == isGood, "step \(step) of \(quota)")
            guard verdict.wait > 0 else { continue }
            var early = log
            var due = log
            let isEarly = !early.take(quota, now: now + verdict.wait - 1)
            let isDue = due.take(quota, now: now + verdict.wait)
            #expect(isEarly && isDue, "step \(step) of \(quota)")
        }
    }
}
