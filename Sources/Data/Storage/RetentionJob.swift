public import Bytes

/// Deletes what is older than it may be kept, in slices between which other writers go on.
public struct RetentionJob: Sendable {
    /// For rooms that say nothing else; nil keeps for ever.
    public var defaultDays: Int? = 90
    /// How many events one slice deletes at most: about 10 ms of the writer's time.
    public var slice = 200

    let database: any Database

    /// A job over all tenants.
    public init(database: any Database) { self.database = database }

    /// Deletes everything that is too old at `now`, keys of idempotency after 30 days included.
    ///
    /// - Returns: How many events went.
    public func run(now: Timestamp = .now()) async throws(StorageError) -> Int { throw .unavailable("") }
}
