public import Storage

/// Bounds and habits of a ``SQLiteDatabase``.
public struct SQLiteOptions: Sendable {
    /// Connections that read, each with a thread.
    public var readers = 3
    /// How many writes may wait (a message log's whole queue is one of them).
    public var queuedWrites = 10_000
    /// How many reads may wait.
    public var queuedReads = 50_000
    /// The largest size of the database in pages of 4,096 bytes; nil for SQLite's own limit.
    public var pageLimit: Int64?

    /// The defaults.
    public init() {}
}

/// The store in a directory of this machine: SQLite with a write-ahead log.
public final class SQLiteDatabase: Database {
    public var dialect: Dialect { .sqlite }
    public var search: any MessageSearch { NoSearch() }
    private init() {}
    public func read<R: Sendable>(
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R
    ) async throws(StorageError) -> R { throw .unavailable("") }
    public func write<R: Sendable>(
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R
    ) async throws(StorageError) -> R { throw .unavailable("") }
    public func submit(_ job: any WriteJob) -> Bool { false }
    public func close() async {}

    /// Opens the store in `directory`, making both where they do not exist, and brings its schema up to date.
    ///
    /// - Throws: ``StorageError/locked(_:)`` where another process has it open,
    ///   ``StorageError/newerVersion(found:supported:)`` where a later program wrote it.
    public static func open(
        directory: String, options: SQLiteOptions = SQLiteOptions()
    ) async throws(StorageError) -> SQLiteDatabase { throw .unavailable("") }

    /// Copies the store to a new file while it is in use.
    public func backup(to path: String) async throws(StorageError) { throw .unavailable("") }

    /// Replaces the store in `directory`, which nobody may have open, by a backup; every room starts a new epoch.
    public static func restore(from path: String, directory: String) throws(StorageError) {
        throw .unavailable("")
    }
}

struct NoSearch: MessageSearch {
    func apply(_ changes: [SearchChange], tenant: String, in transaction: any Queryable)
        async throws(StorageError)
    {}
    func find(
        _ text: String, tenant: String, room: String, before: Int64?, limit: Int,
        in transaction: any Queryable
    ) async throws(StorageError) -> [Int64] { [] }
}
