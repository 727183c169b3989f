/// Spares a node that keeps failing, and everybody who would wait for it.
struct CircuitBreaker: Sendable {
    /// So many failures in a row open it; fewer happen to healthy nodes.
    static let failureLimit = 5
    /// How long it stays open the first time; doubled with every trial that fails.
    static let firstPause: Int64 = 5000
    /// The longest pause of our own; a node that is well again should not go unasked for long.
    static let longestPause: Int64 = 15_000
    /// The longest rest that a node may ask for with Retry-After.
    static let longestRest: Int64 = 60_000

    private var failures = 0
    private var pause = CircuitBreaker.firstPause
    private var closedUntil: Int64 = .min
    private var restsUntil: Int64 = .min

    /// Whether the node may be asked.
    ///
    /// After a pause one question goes through at once as a trial, and the rest wait for its outcome.
    mutating func admits(now: Int64) -> Bool {
        guard wait(now: now) == 0 else { return false }
        if failures >= CircuitBreaker.failureLimit { closedUntil = now + pause }
        return true
    }

    /// Milliseconds until the node may be asked.
    func wait(now: Int64) -> Int64 {
        let until = max(closedUntil, restsUntil)
        return now >= until ? 0 : until - now
    }

    /// Notes a good answer.
    mutating func succeed() { self = CircuitBreaker() }

    /// Notes a failure.
    mutating func fail(now: Int64) {
        failures += 1
        guard failures >= CircuitBreaker.failureLimit else { return }
        if failures > CircuitBreaker.failureLimit {
            pause = min(pause * 2, CircuitBreaker.longestPause)
        }
        closedUntil = now + pause
    }

    /// Notes an answer that says nothing of the node: if it was the trial, the next question is one.
    mutating func abstain(now: Int64) {
        if failures >= CircuitBreaker.failureLimit { closedUntil = min(closedUntil, now) }
    }

    /// Notes that the node wants to be left alone.
    mutating func rest(_ milliseconds: Int64, now: Int64) {
        restsUntil = max(restsUntil, now + min(max(milliseconds, 0), CircuitBreaker.longestRest))
    }
}
