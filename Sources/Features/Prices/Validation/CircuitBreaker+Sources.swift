public import Outbound

extension CircuitBreaker.Policy {
    /// A price source's (REQUIREMENTS B3): opens after 5 failures in a row, and after 60 s lets one trial through.
    public static let priceSource = CircuitBreaker.Policy(
        failureLimit: 5, firstPause: 60_000, longestPause: 60_000)
}
