import Outbound

extension CircuitBreaker.Policy {
    /// A node's: five failures in a row do not happen to healthy ones, and one that is well again should not go unasked
    /// for long.
    static let node = CircuitBreaker.Policy(failureLimit: 5, firstPause: 5000, longestPause: 15_000)
}
