import Identity
import Testing

@Suite("How often one network may sign in")
struct SignInLimiterTests {
    @Test("so many at once, then one for each part of the quarter of an hour, with the exact wait")
    func rate() {
        let limiter = SignInLimiter(count: 5)
        for _ in 0..<5 { #expect(limiter.take("a", now: 1000) == 0) }
        #expect(limiter.take("a", now: 1000) == 180_000)
        #expect(limiter.take("a", now: 180_999) == 1)
        #expect(limiter.take("a", now: 181_000) == 0)
        #expect(limiter.take("a", now: 181_000) == 180_000)
        #expect(limiter.take("b", now: 181_000) == 0)
        for _ in 0..<5 { #expect(limiter.take("a", now: 2_000_000) == 0) }
        #expect(limiter.take("a", now: 2_000_000) > 0)
    }

    @Test("0 is no limit")
    func none() {
        let limiter = SignInLimiter(count: 0)
        for _ in 0..<100 { #expect(limiter.take("a", now: 0) == 0) }
    }

    @Test("networks beyond those that are remembered wait until others are as good as new")
    func bound() {
        let limiter = SignInLimiter(count: 5)
        for number in 0..<SignInLimiter.keyLimit { _ = limiter.take("\(number)", now: 1000) }
        #expect(limiter.take("new", now: 1000) > 0)
        #expect(limiter.take("0", now: 1000) == 0)
        #expect(limiter.take("new", now: 500_000) == 0)
    }
}
