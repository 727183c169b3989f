import Synchronization

/// Hears what became of appended acts.
public protocol MessageLogDelegate: AnyObject, Sendable {
    /// A transaction is over. Called once for each, on the writer's thread; the order of results is that of the
    /// appends, and so that of seqs within each room. It must be quick: the next transaction waits for it.
    func committed(_ results: [AppendResult])
}

/// The append end of all rooms: gives every act its seq and makes it durable.
///
/// Appends wait in a queue while a transaction commits; the next transaction carries all that waited, so that the
/// cost of one flush to disk is shared by everybody who writes.
public final class MessageLog: Sendable {
    private let job: AppendJob

    /// A log over a database.
    public init(database: any Database, limits: MessageLogLimits = MessageLogLimits()) {
        job = AppendJob(database: database, limits: limits)
    }

    /// Says who hears of results. Must be called before the first ``append(_:)``; the log keeps it alive.
    public func setDelegate(_ delegate: any MessageLogDelegate) { job.setDelegate(delegate) }

    /// Queues an act without waiting. May be called from any thread; those of one thread keep their order.
    ///
    /// - Returns: Whether it was taken: its result will come. False where the queue is full or the store closed.
    public func append(_ request: AppendRequest) -> Bool { job.append(request) }

    /// What it has done and what waits; any thread.
    public var figures: MessageLogFigures { job.figures }

    /// Returns when everything that was taken before this call has been reported.
    public func drain() async { await job.drain() }
}
