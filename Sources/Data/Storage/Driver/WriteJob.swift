/// A write whose end is reported by a call instead of an `await`.
public protocol WriteJob: AnyObject, Sendable {
    /// Does the work inside the transaction; all or nothing of it remains.
    func run(_ transaction: any Queryable) async throws(StorageError)

    /// The transaction is durable (nil), or nothing of this job was written. Called once, on the writer's thread.
    func finished(_ error: StorageError?)
}
