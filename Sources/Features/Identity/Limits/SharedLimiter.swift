public import PubSub

/// Counts against quotas over all processes that serve together.
///
/// Each process counts for itself first: what it refuses needs no question to the others. What it lets go on is counted
/// by all. While they cannot be reached it counts alone.
public struct SharedLimiter: Sendable {
    private let name: String
    private let own = RateLimiter()
    private let rates: (any SharedRates)?
    private let isLifted: Bool

    /// A limiter.
    ///
    /// - Parameters:
    ///   - name: Of what, the same in every process and no other limiter's.
    ///   - rates: What the processes count together; nil where this one serves alone.
    ///   - isLifted: Whether ``forget(_:)`` is used. It may have been at another process, so that the count of this one
    ///     alone refuses nothing while all can say.
    public init(_ name: String, _ rates: (any SharedRates)?, isLifted: Bool = false) {
        self.name = name
        self.rates = rates
        self.isLifted = isLifted
    }

    /// Whether other processes count too.
    public var isShared: Bool { rates != nil }

    /// Takes of a key's quota, as far as this process knows; ``confirm(_:_:_:cost:now:)`` has to follow.
    ///
    /// - Parameters:
    ///   - key: Whose.
    ///   - quota: May change between two calls: what is used stays used, in time.
    ///   - cost: How much; what is more than the whole quota takes the whole.
    ///   - now: Milliseconds of one clock.
    public func takeHere(
        _ key: String, _ quota: RateQuota, cost: Int = 1, now: Int64
    ) -> RateVerdict { own.take(key, quota, cost: cost, now: now) }

    /// What all processes say to what this one has said.
    ///
    /// - Parameters:
    ///   - here: What ``takeHere(_:_:cost:now:)`` said.
    ///   - key: Whose, as there; likewise quota, cost and time.
    public func confirm(
        _ here: RateVerdict, _ key: String, _ quota: RateQuota, cost: Int = 1, now: Int64
    ) async -> RateVerdict {
        guard let rates, quota.count > 0, here.wait == 0 || isLifted else { return here }
        let said = await rates.take(
            shared(key), count: quota.count, milliseconds: quota.milliseconds, cost: Int64(max(0, cost)))
        guard let said else { return here }
        if said.wait > 0 {
            // Here it was taken in vain. What is used is taken from all; both ends of the time were rounded up.
            own.setUsed(key, quota, milliseconds: max(0, said.reset - 2), now: now)
        }
        return said
    }

    /// Takes of a key's quota.
    ///
    /// - Parameters:
    ///   - key: Whose.
    ///   - quota: May change between two calls: what is used stays used, in time.
    ///   - now: Milliseconds of one clock.
    /// - Returns: Nil where it is within the quota; else nothing is taken.
    public func excess(_ key: String, _ quota: RateQuota, now: Int64) async -> RateExcess? {
        let verdict = await confirm(takeHere(key, quota, now: now), key, quota, now: now)
        guard verdict.wait > 0 else { return nil }
        return RateExcess(quota, wait: verdict.wait, reset: verdict.reset)
    }

    /// Gives a key its whole quota back, at all processes.
    ///
    /// - Returns: Whether any of it was used.
    public func forget(_ key: String) async -> Bool {
        let wasUsedHere = own.forget(key)
        let wasUsed = await rates?.forget(shared(key)) ?? false
        return wasUsedHere || wasUsed
    }

    private func shared(_ key: String) -> String { SharedName.of(name, key) }
}
