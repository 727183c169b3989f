public import Bytes

/// A job of the queue.
public struct JobRecord: Sendable, Hashable {
    /// How far it is.
    ///
    /// ```
    ///            lease              complete
    /// waiting ──────────▶ running ───────────▶ done
    ///    ▲                 │   │    fail, attempts left
    ///    └─────────────────┼───┘
    ///                      └── fail, or its lease ran out, and no attempt is left ──▶ dead
    /// ```
    public enum State: String, Sendable, CaseIterable {
        /// Nobody works on it.
        case waiting
        /// Somebody does, or did and was not heard of again: then its lease runs out.
        case running
        /// It is done; kept for a while, so that a repeat of it is one.
        case done
        /// It failed too often.
        case dead
    }

    /// Its id.
    public let id: String
    /// What sort of work it is.
    public let kind: String
    /// What a repeat of it has in common with it.
    public let key: String
    /// Whom it is about.
    public let person: PersonKey?
    /// How far it is.
    public let state: State
    /// What the worker is told, as JSON.
    public let payload: String
    /// What came of it, as JSON.
    public let result: String?
    /// Why it failed last.
    public let error: String?
    /// How often it was begun.
    public let attempts: Int
    /// How often it may be.
    public let attemptLimit: Int
    /// When it may be begun; of a running one when its lease ends.
    public let dueAt: Timestamp
    /// What its worker shows to end it; empty while nobody has it.
    public let lease: String
    /// Who works on it, or did last.
    public let worker: String
    /// When it was put into the queue.
    public let madeAt: Timestamp
    /// When it was done or given up.
    public let endedAt: Timestamp?

    static let columns = """
        id, kind, key, tenant_id, user_id, state, payload, result, error, attempts, attempt_limit, due_at, lease,
            worker, made_at, ended_at
        """

    init(_ columns: inout RowReader) throws(StorageError) {
        id = try columns.text()
        kind = try columns.text()
        key = try columns.text()
        let (tenant, user) = (try columns.text(), try columns.text())
        person = user.isEmpty ? nil : PersonKey(tenant: tenant, user: user)
        guard let state = State(rawValue: try columns.text()) else { throw .corrupt("a job is in no state") }
        self.state = state
        payload = try columns.text()
        result = try columns.optionalText()
        error = try columns.optionalText()
        attempts = Int(try columns.integer())
        attemptLimit = Int(try columns.integer())
        dueAt = try columns.time()
        lease = try columns.text()
        worker = try columns.text()
        madeAt = try columns.time()
        endedAt = try columns.optionalTime()
    }
}
