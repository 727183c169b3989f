import Identity
import Testing

@Suite("How often something may be done at all processes")
struct SharedLimiterTests {
    private let quota = RateQuota.hour(2)

    @Test("what one process refuses is not asked of the others, and 0 is no limit")
    func own() async {
        let rates = MemoryRates()
        let limiter = SharedLimiter("a", rates)
        for _ in 1...2 { #expect(await limiter.excess("k", quota, now: 0) == nil) }
        for _ in 1...3 { #expect(await limiter.excess("k", quota, now: 0)?.wait == 1_800_000) }
        #expect(rates.asked == 2)
        #expect(await limiter.excess("k", .hour(0), now: 0) == nil)
        #expect(rates.asked == 2)
    }

    @Test("what all refuse is remembered here, and is over when it is over for all")
    func remembered() async throws {
        let rates = MemoryRates()
        let limiters = [SharedLimiter("a", rates), SharedLimiter("a", rates)]
        for limiter in limiters { #expect(await limiter.excess("k", quota, now: 0) == nil) }
        let excess = try #require(await limiters[0].excess("k", quota, now: 0))
        #expect(excess == RateExcess(quota, wait: 1_800_000, reset: 3_600_000))
        for _ in 1...5 { #expect(await limiters[0].excess("k", quota, now: 0) != nil) }
        #expect(rates.asked == 3)
        // Then this process asks again, whatever they say by then.
        _ = await limiters[0].excess("k", quota, now: excess.wait)
        #expect(rates.asked == 4)
        // Another limiter's keys are others.
        #expect(await SharedLimiter("b", rates).excess("k", quota, now: 0) == nil)
    }

    @Test("while the others are away one counts alone, with what was counted before")
    func away() async {
        let rates = MemoryRates()
        let limiter = SharedLimiter("a", rates)
        #expect(await limiter.excess("k", quota, now: 0) == nil)
        rates.goAway()
        #expect(await limiter.excess("k", quota, now: 0) == nil)
        #expect(await limiter.excess("k", quota, now: 0)?.wait == 1_800_000)
    }

    @Test("what is lifted at one process is lifted at all")
    func lifted() async {
        let rates = MemoryRates()
        let limiters = (1...2).map { _ in SharedLimiter("a", rates, isLifted: true) }
        for _ in 1...2 { #expect(await limiters[0].excess("k", quota, now: 0) == nil) }
        for limiter in limiters { #expect(await limiter.excess("k", quota, now: 0) != nil) }
        #expect(await limiters[1].forget("k"))
        #expect(await limiters[0].excess("k", quota, now: 0) == nil)
        #expect(await limiters[1].forget("nobody") == false)
    }
}
