import Outbound
import Prices
import Testing

@Suite("Source breakers (B3)") struct SourceBreakerTests {
    private func admissions(_ breaker: inout CircuitBreaker, _ moments: [Int64]) -> [Bool] {
        moments.map { breaker.admits(now: $0) }
    }

    @Test("the fifth failure in a row opens it for 60 s; then there is one trial")
    func opens() {
        var breaker = CircuitBreaker(.priceSource)
        for now in 0..<4 { breaker.fail(now: Int64(now)) }
        #expect(admissions(&breaker, [4]) == [true])
        breaker.fail(now: 4)
        #expect(
            admissions(&breaker, [5, 60_003, 60_004, 60_004, 60_005]) == [false, false, true, false, false])
    }

    @Test("a trial that fails opens it for 60 s again, however often; one that succeeds closes it")
    func trials() {
        var breaker = CircuitBreaker(.priceSource)
        for _ in 0..<5 { breaker.fail(now: 0) }
        for round: Int64 in 1...4 {
            #expect(admissions(&breaker, [round * 60_000 - 1, round * 60_000]) == [false, true])
            breaker.fail(now: round * 60_000)
        }
        #expect(admissions(&breaker, [300_000]) == [true])
        breaker.succeed()
        #expect(admissions(&breaker, [300_000, 300_000]) == [true, true])
        for _ in 0..<4 { breaker.fail(now: 300_000) }
        #expect(admissions(&breaker, [300_000]) == [true])
    }

    @Test("a success between failures starts the count anew")
    func inARow() {
        var breaker = CircuitBreaker(.priceSource)
        for _ in 0..<4 { breaker.fail(now: 0) }
        breaker.succeed()
        for _ in 0..<4 { breaker.fail(now: 0) }
        #expect(admissions(&breaker, [0]) == [true])
    }
}
