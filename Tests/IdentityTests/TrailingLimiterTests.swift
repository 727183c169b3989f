import Identity
import PubSub
import Reactor
import Testing

@Suite("quotas that all processes count, a moment late")
struct TrailingLimiterTests {
    private static let quota = RateQuota(10, per: 600_000)

    private func wait(_ what: Comment, for holds: () async throws -> Bool) async throws {
        for _ in 0..<1000 {
            if try await holds() { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record(what)
    }

    @Test("what one process lets go on another one knows of, and one question at a time asks for it")
    func shared() async throws {
        let rates = MemoryRates()
        let (one, two) = (TrailingLimiter("t", rates), TrailingLimiter("t", rates))
        for _ in 0..<10 { #expect(one.excess("ann", Self.quota, now: MonotonicClock.milliseconds()) == nil) }
        #expect(one.excess("ann", Self.quota, now: MonotonicClock.milliseconds()) != nil)
        try await wait("all are told") { await rates.remaining("t", "ann", Self.quota) == 0 }
        #expect(rates.asked <= 11)
        // It lets one go on before it has heard of the others'.
        #expect(two.excess("ann", Self.quota, now: MonotonicClock.milliseconds()) == nil)
        try await wait("it hears") {
            two.excess("ann", Self.quota, now: MonotonicClock.milliseconds()) != nil
        }
        #expect(two.excess("bob", Self.quota, now: MonotonicClock.milliseconds()) == nil)
    }

    @Test("while the others cannot be reached each counts by itself")
    func away() async {
        let rates = MemoryRates()
        rates.goAway()
        let limiter = TrailingLimiter("t", rates)
        for _ in 0..<10 {
            #expect(limiter.excess("ann", Self.quota, now: MonotonicClock.milliseconds()) == nil)
        }
        #expect(limiter.excess("ann", Self.quota, now: MonotonicClock.milliseconds()) != nil)
    }
}
