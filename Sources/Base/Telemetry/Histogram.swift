/// Counts of values by size, with fixed bounds: how latencies and sizes are told.
///
/// A plain value of whoever owns it, one thread at a time; a scrape adds up those of several owners.
public struct Histogram: Sendable {
    /// Upper bounds in whole units (nanoseconds for times), ascending.
    public let bounds: [Int64]
    /// How many values lie at or below each bound and above the one before; the last number is of those beyond.
    public private(set) var counts: [Int]
    /// All values together.
    public private(set) var sum: Int64 = 0

    /// An empty histogram.
    public init(_ bounds: [Int64]) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count + 1)
    }

    /// How many values there were.
    public var total: Int { counts.reduce(0, +) }

    /// Counts a value.
    public mutating func observe(_ value: Int64) {
        // Most values are small: a walk from below ends sooner than a search by halves.
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        counts[index] += 1
        sum &+= value
    }

    /// Adds another one's counts; both have the same bounds.
    public mutating func add(_ other: Histogram) {
        for index in counts.indices where index < other.counts.count { counts[index] += other.counts[index] }
        sum &+= other.sum
    }
}

/// The bounds of this server's histograms, each with its reason.
public enum HistogramBounds {
    private static let millisecond: Int64 = 1_000_000

    /// A loop's turn: 50 µs is a few frames; 5 ms a budget of TLS handshakes; 10 ms a timer's tick; 20 ms what a
    /// bystander may notice of a storm; 100 ms what a person notices. Beyond, something blocks the loop.
    public static let turn: [Int64] = [
        50_000, 200_000, 1 * millisecond, 5 * millisecond, 10 * millisecond, 20 * millisecond,
        50 * millisecond, 100 * millisecond, 500 * millisecond,
    ]
    /// What a turn worked on: 1 is a lone message, 256 a full batch of descriptors.
    public static let items: [Int64] = [1, 4, 16, 64, 256, 1024, 4096]
    /// A TLS handshake as the client waits for it: 5 ms on a local network, 50 to 250 ms across the world; the
    /// time-out is 10 s by default.
    public static let handshake: [Int64] = [
        1 * millisecond, 5 * millisecond, 25 * millisecond, 50 * millisecond, 100 * millisecond,
        250 * millisecond, 1000 * millisecond, 2500 * millisecond, 10_000 * millisecond,
    ]
    /// An HTTP request: 1 ms needs no store; 10 ms waits for a commit; 100 ms a person notices.
    public static let request: [Int64] = [
        1 * millisecond, 5 * millisecond, 10 * millisecond, 25 * millisecond, 50 * millisecond,
        100 * millisecond, 250 * millisecond, 1000 * millisecond, 5000 * millisecond,
    ]
    /// A transaction with its flush: below 1 ms the disk has a safe cache; 2 to 10 ms a good drive; 20 ms what an
    /// acknowledgement may take; from 100 ms on the disk is busy with others.
    public static let commit: [Int64] = [
        500_000, 1 * millisecond, 2 * millisecond, 5 * millisecond, 10 * millisecond, 20 * millisecond,
        50 * millisecond, 100 * millisecond, 500 * millisecond, 2000 * millisecond,
    ]
    /// A question to a Redis and its answer: 0.2 ms on one machine, 1 ms in one data centre; from 10 ms on members notice
    /// it in what comes from other processes; beyond seconds it is given up.
    public static let roundTrip: [Int64] = [
        100_000, 200_000, 500_000, 1 * millisecond, 2 * millisecond, 5 * millisecond, 10 * millisecond,
        50 * millisecond, 250 * millisecond, 1000 * millisecond,
    ]
    /// Messages in one transaction: 1 means that nobody shares a flush, hundreds that the disk is the brake.
    public static let batch: [Int64] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
}
