/// How fast joins are read: bounds what a crowd that comes back takes from those who talk.
///
/// A join costs the store and this process about the same each time while nothing is in its way. Where it takes a
/// multiple of that, something is short (the store, its disk, the processor), and then it is the joins that wait:
/// batches get smaller, one is read at a time, and as long as it took the next one is not asked for. So at least half
/// of whatever is short is left to messages, however many people come back at once.
struct JoinPace: Sendable {
    /// Joins of one batch at full speed: bounds how long a reader is away from others' history and search.
    static let fullBatch = 32
    /// And at least: fewer would make the turn-around itself the cost.
    static let leastBatch = 4
    /// A batch that takes no longer than this is in nobody's way, in nanoseconds.
    static let unnoticed: Int64 = 5_000_000
    /// How many times its usual cost a join may take before it counts as congestion.
    static let patience = 3.0
    /// The longest pause between batches, in nanoseconds: a store that hangs holds joins up by itself.
    static let longestRest: Int64 = 250_000_000
    /// How long the least cost is remembered at least, in nanoseconds: after twice as long a store that has become slow
    /// for good is a slow store, no congestion.
    static let window: Int64 = 60_000_000_000
    /// Missed events that cost about as much as a join without any.
    static let eventsPerUnit = 25

    /// Joins that the next batch may have.
    private(set) var batch = JoinPace.fullBatch
    /// The least that a join has cost in this window and in the one before, in nanoseconds.
    private var least: (now: Double, before: Double)?
    private var windowBegan: Int64 = 0

    /// Batches that may be read at a time: a second one is prepared while the first one's results are used.
    var readings: Int { batch == JoinPace.fullBatch ? 2 : 1 }

    /// Learns from a batch.
    ///
    /// - Parameters:
    ///   - joins: How many it had.
    ///   - events: What they had missed, in all.
    ///   - nanoseconds: From when it was asked for to when it was there.
    ///   - now: The monotonic clock's nanoseconds.
    /// - Returns: How long to wait before the next one is asked for, in nanoseconds; 0 where nothing is short.
    mutating func finished(joins: Int, events: Int, after nanoseconds: Int64, now: Int64) -> Int64 {
        let units = Double(joins) + Double(events) / Double(JoinPace.eventsPerUnit)
        let cost = Double(nanoseconds) / max(1, units)
        let usual = learn(cost, now)
        guard nanoseconds > JoinPace.unnoticed, cost > usual * JoinPace.patience else {
            batch = min(JoinPace.fullBatch, batch + 2)
            return 0
        }
        batch = max(JoinPace.leastBatch, batch / 2)
        return min(nanoseconds, JoinPace.longestRest)
    }

    /// Takes a batch's cost for each join into account.
    ///
    /// - Returns: What a join costs while nothing is in its way.
    private mutating func learn(_ cost: Double, _ now: Int64) -> Double {
        var known = least ?? (now: cost, before: cost)
        if now - windowBegan > JoinPace.window {
            known = (now: cost, before: known.now)
            windowBegan = now
        }
        known.now = min(known.now, cost)
        least = known
        return min(known.now, known.before)
    }
}
