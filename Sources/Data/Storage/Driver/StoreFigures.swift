public import Telemetry

/// What the store has done since it was opened, and how it stands.
public struct StoreFigures: Sendable {
    /// How long transactions took, with their flush to the disk, in nanoseconds.
    public var commits = Histogram(HistogramBounds.commit)
    /// Transactions that were given up: the disk failed or was full, or the database was away.
    public var failures = 0
    /// Writes that wait.
    public var queuedWrites = 0
    /// Readings that wait for a reader.
    public var queuedReads = 0
    /// Readers at work.
    public var busyReaders = 0
    /// Readers there are.
    public var readers = 0
    /// The database file's size.
    public var databaseBytes = 0
    /// The write-ahead log's size.
    public var logBytes = 0
    /// What is free on its disk for this process.
    public var freeBytes = 0
    /// Connections made to a database server after the first ones.
    public var reconnects = 0

    /// Nothing done yet.
    public init() {}
}
