/// Bounds and habits of a ``SQLiteDatabase``.
public struct SQLiteOptions: Sendable {
    /// Connections that read, each with a thread.
    public var readers = 3
    /// How many writes may wait (a message log's whole queue is one of them).
    public var queuedWrites = 10_000
    /// How many reads may wait.
    public var queuedReads = 50_000
    /// How many writes share a transaction at most (a message log's whole batch is one of them).
    public var writesPerTransaction = 256
    /// The database's largest size in pages of 4,096 bytes; nil for SQLite's own limit of about 4 TB.
    public var pageLimit: Int64?

    /// The defaults.
    public init() {}
}
