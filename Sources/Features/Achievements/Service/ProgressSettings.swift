/// Bounds and times of progress.
public struct ProgressSettings: Sendable {
    /// How many achievements there may be.
    public var achievements = 1000
    /// Events that one transaction takes in; more would keep others waiting for the store.
    public var batch = 200
    /// How long events gather before they are looked at, in milliseconds.
    public var delayMilliseconds: Int64 = 250
    /// How often all rooms are looked through, in milliseconds: for what no hint told of.
    public var sweepMilliseconds: Int64 = 60_000
    /// How far ahead of our clock an event's moment may be, in milliseconds.
    public var aheadMilliseconds: Int64 = 5000
    /// Leaderboards of rooms that are kept in memory.
    public var boards = 1000
    /// How often a leaderboard that has changed is told, in milliseconds.
    public var tellMilliseconds: Int64 = 1000
    /// Past events that a dry run looks at.
    public var dryRunEvents = 100_000
    /// Whether other processes work with the same store.
    public var isShared = false

    /// The defaults.
    public init() {}
}
