/// What became of a request that is counted against a quota.
public struct RateVerdict: Hashable, Sendable {
    /// Milliseconds after which there is one again; 0 where the request goes on.
    public let wait: Int64
    /// How many more could come at once.
    public let remaining: Int64
    /// Milliseconds after which the whole quota is there again.
    public let reset: Int64

    /// A verdict.
    public init(wait: Int64, remaining: Int64, reset: Int64) {
        self.wait = wait
        self.remaining = remaining
        self.reset = reset
    }
}
