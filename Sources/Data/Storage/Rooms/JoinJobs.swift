public import Bytes
import Synchronization

/// What is read for one person's join.
public struct JoinViewRequest: Sendable {
    /// The room.
    public var room: String
    /// Who joins.
    public var user: String
    /// How many of the newest messages; 0 for none.
    public var history: Int
    /// Asks for the events that a client has missed.
    public var after: ReplayPosition?

    /// A request.
    public init(room: String, user: String, history: Int = 0, after: ReplayPosition? = nil) {
        self.room = room
        self.user = user
        self.history = history
        self.after = after
    }
}

/// A membership to be written.
public struct Enrolment: Sendable {
    /// The room.
    public var room: String
    /// Who joins.
    public var user: String
    /// Under which name.
    public var name: String
    /// As what, if they are new.
    public var role: Role

    /// An enrolment.
    public init(room: String, user: String, name: String, role: Role) {
        self.room = room
        self.user = user
        self.name = name
        self.role = role
    }
}

extension RoomRepository {
    /// Reads what several joins need, in one snapshot and without an `await` for each.
    ///
    /// - Parameters:
    ///   - missedLimit: More missed events than this are a ``ReplayGap/limit``.
    ///   - report: Called once on the store's thread, with a result for each request in their order.
    public func submitViews(
        _ requests: [JoinViewRequest], missedLimit: Int, now: Timestamp = .now(),
        report: @escaping @Sendable ([Result<JoinView?, StorageError>]) -> Void
    ) {
        let tenant = tenant
        let limit = missedLimit.asPageLimit
        let job = ItemsJob(requests, report) { (request, transaction) async throws(StorageError) in
            try await RoomTables(transaction: transaction, tenant: tenant)
                .joinView(request, missedLimit: limit, now)
        }
        if !database.submit(reading: job) { job.finished(.unavailable("too many reads wait")) }
    }

    /// Makes several people members, in one write; each as ``join(_:user:name:role:at:)`` does.
    ///
    /// - Parameter report: Called once on the store's thread, with a result for each enrolment in their order.
    public func submitEnrolments(
        _ enrolments: [Enrolment], at: Timestamp = .now(),
        report: @escaping @Sendable ([Result<MemberRecord, StorageError>]) -> Void
    ) {
        let tenant = tenant
        let job = ItemsJob(enrolments, report, isSeparate: database.dialect == .postgres) {
            (enrolment, transaction) async throws(StorageError) in
            try await RoomTables(transaction: transaction, tenant: tenant).enrol(enrolment, at).member
        }
        if !database.submit(job) { job.finished(.unavailable("too many writes wait")) }
    }
}

/// The same for several items in one transaction; an item's own failure stays its own.
private final class ItemsJob<Item: Sendable, Value: Sendable>: ReadJob, WriteJob {
    private let items: [Item]
    private let report: @Sendable ([Result<Value, StorageError>]) -> Void
    private let perform: @Sendable (Item, any Queryable) async throws(StorageError) -> Value
    // Whether a statement that fails would spoil the transaction for those after it.
    private let isSeparate: Bool
    private let results = Mutex<[Result<Value, StorageError>]>([])

    init(
        _ items: [Item], _ report: @escaping @Sendable ([Result<Value, StorageError>]) -> Void,
        isSeparate: Bool = false,
        perform: @escaping @Sendable (Item, any Queryable) async throws(StorageError) -> Value
    ) {
        self.items = items
        self.report = report
        self.isSeparate = isSeparate
        self.perform = perform
    }

    func run(_ transaction: any Queryable) async throws(StorageError) {
        var found: [Result<Value, StorageError>] = []
        found.reserveCapacity(items.count)
        for item in items {
            do throws(StorageError) {
                if isSeparate { try await transaction.execute("SAVEPOINT item") }
                found.append(.success(try await perform(item, transaction)))
                if isSeparate { try await transaction.execute("RELEASE SAVEPOINT item") }
            } catch {
                // What spoils the transaction is everybody's; a statement that fails has changed nothing.
                if error.isRetryable { throw error }
                if isSeparate { try await transaction.execute("ROLLBACK TO SAVEPOINT item") }
                found.append(.failure(error))
            }
        }
        // A second run, after a neighbour spoilt the first, replaces its results.
        results.withLock { $0 = found }
    }

    func finished(_ error: StorageError?) {
        if let error { return report(items.map { _ in .failure(error) }) }
        report(results.withLock { $0 })
    }
}
