public import Telemetry

/// What the store has done since it was opened, and how it stands.
public struct SQLiteFigures: Sendable {
    /// How long transactions took, with their flush to the disk, in nanoseconds.
    public internal(set) var commits = Histogram(HistogramBounds.commit)
    /// Transactions that were given up: the disk failed or was full.
    public internal(set) var failures = 0
    /// Writes that wait.
    public internal(set) var queuedWrites = 0
    /// Readings that wait for a reader.
    public internal(set) var queuedReads = 0
    /// Readers at work.
    public internal(set) var busyReaders = 0
    /// Readers there are.
    public internal(set) var readers = 0
    /// The database file's size.
    public internal(set) var databaseBytes = 0
    /// The write-ahead log's size.
    public internal(set) var logBytes = 0
    /// What is free on its disk for this process.
    public internal(set) var freeBytes = 0
}
