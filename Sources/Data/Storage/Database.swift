/// What a driver offers: transactions in the common subset of SQL, over SQLite now and PostgreSQL later.
///
/// Bodies speak to the database only through the ``Queryable`` that they are handed, and only until they return.
public protocol Database: Sendable {
    /// What SQL this driver needs where the common subset does not reach.
    var dialect: Dialect { get }

    /// The driver's full-text search.
    var search: any MessageSearch { get }

    /// Runs a body that only reads, in one consistent snapshot.
    ///
    /// Everything that was durable before this call is seen.
    /// - Throws: What the body threw, or ``StorageError/unavailable(_:)`` where too many reads wait.
    func read<R: Sendable>(
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R
    ) async throws(StorageError) -> R

    /// Runs a body that may write; all or nothing of it is durable when this returns.
    ///
    /// Several bodies may share one transaction, so a body may run a second time when a neighbour spoilt it: it
    /// must have no effect outside the database. A body must not wait for another write: that one waits for it.
    /// - Throws: What the body threw, or why the transaction could not be made durable; then nothing was written.
    func write<R: Sendable>(
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R
    ) async throws(StorageError) -> R

    /// Queues a write without waiting for it. Never blocks; may be called from any thread.
    ///
    /// A job that submits itself again while it hears of its end is never refused.
    /// - Returns: Whether it was taken; false where the queue is full or the store closed: then nothing is called.
    func submit(_ job: any WriteJob) -> Bool

    /// Finishes what is queued, refuses what comes later and lets go of the files.
    func close() async
}

/// A write whose end is reported by a call instead of an `await`.
public protocol WriteJob: AnyObject, Sendable {
    /// Does the work inside the transaction; all or nothing of it remains.
    func run(_ transaction: any Queryable) async throws(StorageError)

    /// The transaction is durable (nil), or nothing of this job was written. Called once, on the writer's thread.
    func finished(_ error: StorageError?)
}

/// A connection inside a transaction, as a body sees it.
public protocol Queryable: Sendable {
    /// Runs one statement.
    ///
    /// - Parameters:
    ///   - sql: The common subset, parameters written `$1`, `$2` …; a constant text, since it is cached.
    ///   - parameters: `$1` is the first.
    /// - Returns: The rows of a `SELECT` or a `RETURNING`.
    func query(_ sql: String, _ parameters: [DatabaseValue]) async throws(StorageError) -> [Row]

    /// Runs one statement once for each list of parameters: one round trip where the driver has a network.
    ///
    /// - Returns: The rows of each run, in the order of `runs`.
    func queries(_ sql: String, _ runs: [[DatabaseValue]]) async throws(StorageError) -> [[Row]]
}

extension Queryable {
    /// Runs one statement without parameters.
    public func query(_ sql: String) async throws(StorageError) -> [Row] { try await query(sql, []) }

    /// The first row of a statement, or nil where it has none.
    public func first(_ sql: String, _ parameters: [DatabaseValue]) async throws(StorageError) -> Row? {
        try await query(sql, parameters).first
    }
}

/// What differs between the drivers' SQL.
public enum Dialect: Sendable {
    /// SQLite 3.35 or later (`RETURNING`).
    case sqlite
    /// PostgreSQL 13 or later.
    case postgres
}
