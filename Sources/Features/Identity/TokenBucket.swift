/// What is left of a rate with a burst: so many at once, then so many a second.
///
/// The rate is the caller's to keep: there are two buckets for every connection, and one rate for all.
public struct TokenBucket: Sendable {
    /// How fast, and how many at once.
    public struct Rate: Sendable {
        let perSecond: Int64
        let burst: Int64

        /// A rate.
        ///
        /// - Parameters:
        ///   - perSecond: 0 turns the limit off.
        ///   - burst: How many may come at once.
        public init(perSecond: Int, burst: Int) {
            self.perSecond = Int64(perSecond)
            self.burst = Int64(burst)
        }
    }

    // In thousandths, so that the arithmetic stays in integers.
    private var level: Int64
    private var last: Int64

    /// A full bucket.
    ///
    /// - Parameter now: Milliseconds of the monotonic clock.
    public init(_ rate: Rate, now: Int64) {
        level = rate.burst * 1000
        last = now
    }

    /// Takes one.
    ///
    /// - Returns: 0, or the milliseconds after which there is one again.
    public mutating func take(_ rate: Rate, now: Int64) -> Int64 {
        guard rate.perSecond > 0 else { return 0 }
        level = min(rate.burst * 1000, level + (now - last) * rate.perSecond)
        last = now
        if level >= 1000 {
            level -= 1000
            return 0
        }
        return (1000 - level + rate.perSecond - 1) / rate.perSecond
    }
}
