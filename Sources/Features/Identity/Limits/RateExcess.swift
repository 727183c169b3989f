import PubSub

/// That somebody has used a quota up: which, and when there is more of it.
public struct RateExcess: Hashable, Sendable {
    /// What they have.
    public let quota: RateQuota
    /// Milliseconds after which there is one again.
    public let wait: Int64
    /// Milliseconds after which the whole quota is there again.
    public let reset: Int64

    /// An excess.
    public init(_ quota: RateQuota, wait: Int64, reset: Int64) {
        self.quota = quota
        self.wait = wait
        self.reset = reset
    }
}

extension RateLimiter {
    /// Takes of a key's quota.
    ///
    /// - Parameters:
    ///   - key: Whose.
    ///   - quota: May change between two calls: what is used stays used, in time.
    ///   - cost: How much; what is more than the whole quota takes the whole.
    ///   - now: Milliseconds of one clock.
    /// - Returns: Nil where it is within the quota; else nothing is taken.
    public func excess(_ key: String, _ quota: RateQuota, cost: Int = 1, now: Int64) -> RateExcess? {
        let verdict = take(key, quota, cost: cost, now: now)
        guard verdict.wait > 0 else { return nil }
        return RateExcess(quota, wait: verdict.wait, reset: verdict.reset)
    }
}
