import Testing

@testable import Gates

@Suite("Endpoints")
struct EndpointTests {
    @Test("a breaker opens after five failures, lets one trial through, and doubles its pause")
    func breaker() {
        var breaker = CircuitBreaker()
        for _ in 0..<5 { breaker.fail(now: 0) }
        var admitted: [Bool] = []
        for moment in [4999, 5000, 5000] { admitted.append(breaker.admits(now: Int64(moment))) }
        #expect(admitted == [false, true, false])
        breaker.fail(now: 5001)
        admitted = []
        for moment in [15_000, 15_001] { admitted.append(breaker.admits(now: Int64(moment))) }
        #expect(admitted == [false, true])
        breaker.succeed()
        admitted = []
        for moment in [15_001, 15_001] { admitted.append(breaker.admits(now: Int64(moment))) }
        #expect(admitted == [true, true])
    }

    @Test("sweeps leave half of the budget to joins")
    func budget() {
        var budget = RateBudget(perSecond: 4, now: 0)
        var granted: [Bool] = []
        for _ in 0..<3 { granted.append(budget.take(.sweep, now: 0)) }
        for _ in 0..<3 { granted.append(budget.take(.join, now: 0)) }
        granted.append(budget.take(.join, now: 250))
        #expect(granted == [true, true, false, true, true, false, true])
    }

    @Test("a slot is recent by the newest one seen and the time since")
    func slots() {
        var clock = SlotClock.solana
        let verdicts = [(1000, 0), (1000, 100_000), (900, 0), (849, 0), (1000, 151_000), (1001, 152_000)].map
        {
            clock.admit(UInt64($0.0), now: Int64($0.1) + 7)
        }
        #expect(verdicts == [true, true, true, false, false, false])
    }
}
