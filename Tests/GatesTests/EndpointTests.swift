import Outbound
import Testing

@testable import Gates

@Suite("Endpoints")
struct EndpointTests {
    @Test("a breaker opens after five failures, lets one trial through, and doubles its pause")
    func breaker() {
        var breaker = CircuitBreaker(.node)
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

    @Test("no pause is longer than 15 s but a node's own, and what says nothing of a node leaves it on trial")
    func pauses() {
        var breaker = CircuitBreaker(.node)
        for _ in 0..<20 { breaker.fail(now: 0) }
        #expect(breaker.wait(now: 0) == 15_000)
        let isAdmitted = breaker.admits(now: 15_000)
        #expect(isAdmitted)
        breaker.abstain(now: 15_000)
        #expect(breaker.wait(now: 15_000) == 0)
        breaker.rest(3_600_000, now: 15_000)
        breaker.abstain(now: 15_000)
        #expect(breaker.wait(now: 15_000) == 60_000)
    }

    @Test("sweeps leave half of the budget to joins")
    func budget() {
        var budget = RateBudget(perSecond: 4, now: 0)
        EndpointTests.expect(2, of: 3, .sweep, &budget)
        EndpointTests.expect(2, of: 3, .join, &budget)
        let wait = budget.wait(.join, now: 0)
        #expect(wait == 334)
        EndpointTests.expect(0, of: 1, .join, &budget, now: 333)
        EndpointTests.expect(1, of: 1, .join, &budget, now: 334)
    }

    @Test("nobody takes a sweep's part, and look-ups take no join's", arguments: [4, 20, 1000])
    func parts(perSecond: Int) {
        var budget = RateBudget(perSecond: perSecond, now: 0)
        EndpointTests.expect(perSecond / 4, of: perSecond, .lookUp, &budget)
        EndpointTests.expect(0, of: perSecond, .trial, &budget)
        EndpointTests.expect(perSecond / 2, of: perSecond, .join, &budget)
        EndpointTests.expect(perSecond / 4, of: perSecond, .sweep, &budget)
        // A second of the same, whoever is first.
        EndpointTests.expect(perSecond * 3 / 4, of: perSecond, .join, &budget, now: 1000)
        EndpointTests.expect(0, of: perSecond, .lookUp, &budget, now: 1000)
        EndpointTests.expect(perSecond / 4, of: perSecond, .sweep, &budget, now: 1000)
    }

    @Test("what nobody uses goes to whoever does, also of a budget of one", arguments: [1, 4, 20])
    func spills(perSecond: Int) {
        for priority in [RequestPriority.join, .sweep, .lookUp] {
            var budget = RateBudget(perSecond: perSecond, now: 0)
            while budget.take(priority, now: 0) {}
            var granted = 0
            for moment in 1...10_000 where budget.take(priority, now: Int64(moment)) { granted += 1 }
            #expect(granted >= perSecond * 9 && granted <= perSecond * 10)
        }
    }

    private static func expect(
        _ expected: Int, of count: Int, _ priority: RequestPriority, _ budget: inout RateBudget,
        now: Int64 = 0, at location: SourceLocation = #_sourceLocation
    ) {
        var granted = 0
        for _ in 0..<count where budget.take(priority, now: now) { granted += 1 }
        #expect(granted == expected, sourceLocation: location)
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
