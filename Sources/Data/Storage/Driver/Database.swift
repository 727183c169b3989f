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

    /// Runs a body that only reads at a replica that has what the reader must see; at the store itself where there is
    /// none, or none that has it.
    ///
    /// What a replica has may be older than the store by a bound that the driver keeps.
    /// - Parameters:
    ///   - suits: Looks at a replica whether it has what must be seen, in the body's own snapshot.
    ///   - body: May run a second time, at the store itself.
    func readReplica<R: Sendable>(
        where suits: @escaping @Sendable (any Queryable) async throws(StorageError) -> Bool,
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

    /// Queues a read without waiting for it. Never blocks; may be called from any thread.
    ///
    /// - Returns: Whether it was taken; false where the queue is full or the store closed: then nothing is called.
    func submit(reading job: any ReadJob) -> Bool

    /// Finishes what is queued, refuses what comes later and lets go of the files.
    func close() async
}

extension Database {
    /// A store without replicas reads by itself.
    public func readReplica<R: Sendable>(
        where suits: @escaping @Sendable (any Queryable) async throws(StorageError) -> Bool,
        _ body: @escaping @Sendable (any Queryable) async throws(StorageError) -> R
    ) async throws(StorageError) -> R {
        try await read(body)
    }
}
