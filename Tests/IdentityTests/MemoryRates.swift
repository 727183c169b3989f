import Identity
import PubSub
import Synchronization

/// What several processes count together, in memory, at a moment that stands still.
final class MemoryRates: SharedRates {
    private struct State {
        var asked = 0
        var isAway = false
    }

    private let limiter = RateLimiter()
    private let state = Mutex(State())

    /// How often they were asked.
    var asked: Int { state.withLock { $0.asked } }

    /// What is left of a quota; asks for nothing.
    func remaining(_ kind: String, _ key: String, _ quota: RateQuota) async -> Int64 {
        limiter.take(SharedName.of(kind, key), quota, cost: 0, now: 0).remaining
    }

    /// The processes reach each other no more.
    func goAway() { state.withLock { $0.isAway = true } }

    func take(_ name: String, count: Int64, milliseconds: Int64, cost: Int64) async -> RateVerdict? {
        let isAway = state.withLock { state in
            state.asked += 1
            return state.isAway
        }
        guard !isAway else { return nil }
        return limiter.take(name, RateQuota(Int(count), per: milliseconds), cost: Int(cost), now: 0)
    }

    func forget(_ name: String) async -> Bool { limiter.forget(name) }
}
