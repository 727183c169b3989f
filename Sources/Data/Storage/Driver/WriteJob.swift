/// A write whose end is reported by a call instead of an `await`.
public protocol WriteJob: AnyObject, Sendable {
    /// Which other writes this one must not run beside.
    var lock: WriteLock { get }

    /// Does the work inside the transaction; all or nothing of it remains.
    ///
    /// It may run again in another transaction, where the first one came to nothing.
    func run(_ transaction: any Queryable) async throws(StorageError)

    /// Whether a run that failed is worth another one, now that nothing is left of it: the job was hasty, and takes its
    /// time in the next. Called on the writer's thread.
    func runsAgain(after error: StorageError) -> Bool

    /// The transaction is durable (nil), or nothing of this job was written. Called once, on the writer's thread.
    func finished(_ error: StorageError?)

    /// The store has been away for longer than anything may wait, and this job's run is not decided: what it has
    /// gathered for its next run is to be refused. Called on the writer's thread.
    func refuseWaiting(_ error: StorageError)
}

extension WriteJob {
    /// The lock of the store: right for all that was written without another thought.
    public var lock: WriteLock { .store }

    /// Most jobs do the same each time.
    public func runsAgain(after error: StorageError) -> Bool { false }

    /// Nothing waits behind most jobs.
    public func refuseWaiting(_ error: StorageError) {}
}

/// What a write holds while it runs, where several processes write one store.
public enum WriteLock: Sendable {
    /// The whole store's lock: of these, one transaction runs at a time, and each sees all that came before it.
    case store
    /// The rows of the rooms that it takes itself, as its first statement: beside others, of this kind and the other.
    case rooms
}
