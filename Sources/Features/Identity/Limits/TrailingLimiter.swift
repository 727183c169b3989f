public import PubSub
import Reactor
import Synchronization

/// Counts against quotas over all processes that serve together, and keeps nobody waiting for them.
///
/// Each process counts for itself at once; what it let go on is counted by all a moment later, and what the others have
/// taken comes back with that. So somebody who asks several processes at once may be let go on with as much as these
/// take in one round trip beyond the quota, and no more: there is one question on its way for each key. While the
/// others cannot be reached each process counts alone.
public final class TrailingLimiter: Sendable {
    private let name: String
    private let own = RateLimiter()
    private let rates: (any SharedRates)?
    /// The keys about which all are being asked, with what was taken since.
    private let untold = Mutex<[String: Int]>([:])

    /// A limiter.
    ///
    /// - Parameters:
    ///   - name: Of what, the same in every process and no other limiter's.
    ///   - rates: What the processes count together; nil where this one serves alone.
    public init(_ name: String, _ rates: (any SharedRates)?) {
        self.name = name
        self.rates = rates
    }

    /// Takes one of a key's quota.
    ///
    /// - Parameters:
    ///   - key: Whose.
    ///   - quota: May change between two calls: what is used stays used, in time.
    ///   - now: Milliseconds of the monotonic clock.
    /// - Returns: Nil where it is within the quota, as far as this process knows; else nothing is taken.
    public func excess(_ key: String, _ quota: RateQuota, now: Int64) -> RateExcess? {
        if let excess = own.excess(key, quota, now: now) { return excess }
        guard let rates, quota.count > 0 else { return nil }
        let isFirst = untold.withLock { untold in
            defer { untold[key] = (untold[key] ?? -1) + 1 }
            return untold[key] == nil
        }
        if isFirst { Task { await tell(key, quota, rates) } }
        return nil
    }

    private func tell(_ key: String, _ quota: RateQuota, _ rates: any SharedRates) async {
        var cost = 1
        while cost > 0 {
            let asked = MonotonicClock.milliseconds()
            let said = await rates.take(
                SharedName.of(name, key), count: quota.count, milliseconds: quota.milliseconds,
                cost: Int64(cost))
            // Both ends of the time were rounded up.
            if let said { own.raiseUsed(key, quota, milliseconds: max(0, said.reset - 2), now: asked) }
            cost = untold.withLock { untold in
                let taken = untold[key] ?? 0
                untold[key] = taken > 0 ? 0 : nil
                return taken
            }
        }
    }
}
