/// Spares a service that keeps failing, and everybody who would wait for it.
///
/// Closed, everybody is let through. After so many failures in a row it opens, and nobody is. After the pause it is half
/// open: one question goes through as a trial, and its outcome closes it or opens it again.
public struct CircuitBreaker: Sendable {
    /// When a breaker opens and for how long.
    public struct Policy: Hashable, Sendable {
        /// So many failures in a row open it.
        public let failureLimit: Int
        /// How long it stays open the first time, in milliseconds; doubled with every trial that fails.
        public let firstPause: Int64
        /// The longest pause of our own, in milliseconds.
        public let longestPause: Int64

        /// A policy.
        public init(failureLimit: Int, firstPause: Int64, longestPause: Int64) {
            self.failureLimit = failureLimit
            self.firstPause = firstPause
            self.longestPause = longestPause
        }
    }

    /// The longest rest that a service may ask for with Retry-After, in milliseconds.
    public static let longestRest: Int64 = 60_000

    private let policy: Policy
    private var failures = 0
    private var pause: Int64
    private var closedUntil: Int64 = .min
    private var restsUntil: Int64 = .min

    /// A breaker that is closed.
    public init(_ policy: Policy) {
        self.policy = policy
        pause = policy.firstPause
    }

    /// Whether the service may be asked.
    ///
    /// After a pause one question goes through at once as a trial, and the rest wait for its outcome.
    public mutating func admits(now: Int64) -> Bool {
        guard wait(now: now) == 0 else { return false }
        if failures >= policy.failureLimit { closedUntil = now + pause }
        return true
    }

    /// Milliseconds until the service may be asked.
    public func wait(now: Int64) -> Int64 {
        let until = max(closedUntil, restsUntil)
        return now >= until ? 0 : until - now
    }

    /// Notes a good answer.
    public mutating func succeed() { self = CircuitBreaker(policy) }

    /// Notes a failure.
    public mutating func fail(now: Int64) {
        failures += 1
        guard failures >= policy.failureLimit else { return }
        if failures > policy.failureLimit { pause = min(pause * 2, policy.longestPause) }
        closedUntil = now + pause
    }

    /// Notes an answer that says nothing of the service: if it was the trial, the next question is one.
    public mutating func abstain(now: Int64) {
        if failures >= policy.failureLimit { closedUntil = min(closedUntil, now) }
    }

    /// Notes that the service wants to be left alone.
    public mutating func rest(_ milliseconds: Int64, now: Int64) {
        restsUntil = max(restsUntil, now + min(max(milliseconds, 0), CircuitBreaker.longestRest))
    }
}
