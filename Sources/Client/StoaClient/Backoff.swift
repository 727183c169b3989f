/// Delays between tries: full jitter over a bound that doubles ("Exponential Backoff And Jitter", AWS Architecture Blog).
struct Backoff {
    private let first: Int64
    private let limit: Int64
    private var attempt = 0

    init(first: Int64, limit: Int64) {
        self.first = first
        self.limit = limit
    }

    /// The next delay in milliseconds.
    mutating func next() -> Int64 {
        let bound = min(limit, first << Int64(min(attempt, 16)))
        attempt += 1
        return Int64.random(in: 0...max(1, bound))
    }

    /// A connection was good: the next delay is short again.
    mutating func reset() { attempt = 0 }
}
