/// A rate with a burst: so many at once, then so many a second.
public struct TokenBucket: Sendable {
    private let perSecond: Int64
    private let burst: Int64
    // In thousandths, so that the arithmetic stays in integers.
    private var level: Int64
    private var last: Int64

    /// A full bucket.
    ///
    /// - Parameters:
    ///   - perSecond: 0 turns the limit off.
    ///   - burst: How many may come at once.
    ///   - now: Milliseconds of the monotonic clock.
    public init(perSecond: Int, burst: Int, now: Int64) {
        self.perSecond = Int64(perSecond)
        self.burst = Int64(burst) * 1000
        level = Int64(burst) * 1000
        last = now
    }

    /// Takes one.
    ///
    /// - Returns: 0, or the milliseconds after which there is one again.
    public mutating func take(now: Int64) -> Int64 {
        guard perSecond > 0 else { return 0 }
        level = min(burst, level + (now - last) * perSecond)
        last = now
        if level >= 1000 {
            level -= 1000
            return 0
        }
        return (1000 - level + perSecond - 1) / perSecond
    }
}
