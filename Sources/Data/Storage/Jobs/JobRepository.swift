public import Bytes

/// The durable queue of what must happen at least once.
///
/// A worker leases jobs for a while. One that it neither completes nor fails in that time goes to the next worker, so
/// work may begin twice: whoever does it goes by the job's key.
public struct JobRepository: Sendable {
    let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    // MARK: Putting in

    /// Puts jobs into the queue, inside the transaction of whatever they come of: both are durable, or neither.
    ///
    /// - Returns: How many are new; the others are in the queue already, under the same kinds and keys.
    @discardableResult public static func enqueue(
        _ jobs: [NewJob], in transaction: any Queryable, now: Timestamp = .now()
    ) async throws(StorageError) -> Int {
        guard !jobs.isEmpty else { return 0 }
        let rows = try await transaction.queries(
            """
            INSERT INTO jobs (id, kind, key, tenant_id, user_id, state, payload, attempts, attempt_limit, due_at,
                lease, worker, made_at)
            VALUES ($1, $2, $3, $4, $5, 'waiting', $6, 0, $7, $8, '', '', $9)
            ON CONFLICT (kind, key) DO NOTHING RETURNING id
            """,
            jobs.map { job in
                [
                    .text(job.id), .text(job.kind), .text(job.key), .text(job.person?.tenant ?? ""),
                    .text(job.person?.user ?? ""), .text(job.payload), .integer(Int64(job.attemptLimit)),
                    .integer((job.dueAt ?? now).milliseconds), .integer(now.milliseconds),
                ]
            })
        return rows.count { !$0.isEmpty }
    }

    /// Puts jobs into the queue, in a transaction of their own.
    ///
    /// - Returns: How many are new.
    @discardableResult public func enqueue(
        _ jobs: [NewJob], now: Timestamp = .now()
    ) async throws(StorageError) -> Int {
        try await database.write { (transaction) async throws(StorageError) in
            try await JobRepository.enqueue(jobs, in: transaction, now: now)
        }
    }

    // MARK: Working

    /// Takes jobs of some kinds that are due, the longest due first.
    ///
    /// One whose lease ran out and that has no attempt left is given up meanwhile.
    /// - Parameters:
    ///   - worker: Who takes them, for people who look into the queue.
    ///   - limit: At most so many.
    ///   - milliseconds: For how long.
    public func lease(
        _ kinds: [String], worker: String, limit: Int, milliseconds: Int64, now: Timestamp = .now()
    ) async throws(StorageError) -> [JobRecord] {
        // Most looks find nothing, and need no transaction that writes.
        guard let due = try await nextDue(kinds), due <= now else { return [] }
        let (lease, dialect) = (Identifier.uuid(), database.dialect)
        return try await database.write { (transaction) async throws(StorageError) in
            var taken: [JobRecord] = []
            for kind in kinds where taken.count < limit {
                _ = try await transaction.query(
                    """
                    UPDATE jobs SET state = 'dead', lease = '', ended_at = $2, error = 'its lease ran out'
                    WHERE ended_at IS NULL AND kind = $1 AND due_at <= $2 AND attempts >= attempt_limit
                    """, [.text(kind), .integer(now.milliseconds)])
                taken += try await transaction.query(
                    JobRepository.leasing(dialect),
                    [
                        .text(kind), .integer(now.milliseconds), .text(lease), .text(worker),
                        .integer(now.milliseconds + milliseconds), .integer(Int64(limit - taken.count)),
                    ]
                ).decode(JobRecord.init)
            }
            return taken.sorted { $0.id < $1.id }
        }
    }

    // Locked rows are another worker's.
    private static func leasing(_ dialect: Dialect) -> String {
        """
        UPDATE jobs SET state = 'running', attempts = attempts + 1, lease = $3, worker = $4, due_at = $5
        WHERE id IN (SELECT id FROM jobs WHERE ended_at IS NULL AND kind = $1 AND due_at <= $2
            ORDER BY due_at, id LIMIT $6\(dialect == .postgres ? " FOR UPDATE SKIP LOCKED" : ""))
        RETURNING \(JobRecord.columns)
        """
    }

    /// When the next job of these kinds is due; nil where there is none.
    public func nextDue(_ kinds: [String]) async throws(StorageError) -> Timestamp? {
        try await database.read { (transaction) async throws(StorageError) in
            var due: Int64?
            for rows in try await transaction.queries(
                "SELECT MIN(due_at) FROM jobs WHERE ended_at IS NULL AND kind = $1", kinds.map { [.text($0)] }
            ) {
                var columns = rows.first?.columns
                guard let time = try columns?.optionalInteger() else { continue }
                due = min(due ?? time, time)
            }
            return due.map { Timestamp(milliseconds: $0) }
        }
    }

    /// Ends jobs that are done.
    ///
    /// - Parameter results: What came of each, as JSON, or nil for nothing, by the job that a lease gave.
    /// - Returns: The ids of those ended now; a job whose lease is another's by now is not.
    @discardableResult public func complete(
        _ results: [(job: JobRecord, result: String?)], now: Timestamp = .now()
    ) async throws(StorageError) -> Set<String> {
        let ends = results.map { (id: $0.job.id, lease: $0.job.lease, result: $0.result) }
        return try await database.write { (transaction) async throws(StorageError) in
            try await JobRepository.complete(ends, in: transaction, now: now)
        }
    }

    /// Ends jobs that are done, inside the transaction of whatever came of them.
    ///
    /// - Returns: The ids of those ended now.
    @discardableResult public static func complete(
        _ ends: [(id: String, lease: String, result: String?)], in transaction: any Queryable,
        now: Timestamp = .now()
    ) async throws(StorageError) -> Set<String> {
        let rows = try await transaction.queries(
            """
            UPDATE jobs SET state = 'done', lease = '', result = $3, error = NULL, ended_at = $4
            WHERE id = $1 AND lease = $2 AND state = 'running' RETURNING id
            """,
            ends.map {
                [.text($0.id), .text($0.lease), .optional($0.result), .integer(now.milliseconds)]
            })
        let ids = try rows.flatMap(\.self).decode { (columns) throws(StorageError) in try columns.text() }
        return Set(ids)
    }

    /// Notes that a job failed: it is tried again after a while, or given up.
    ///
    /// - Parameter reason: Why, for people.
    /// - Returns: The job as it is now; nil where the lease is another's by now.
    @discardableResult public func fail(
        _ id: String, lease: String, reason: String, now: Timestamp = .now()
    ) async throws(StorageError) -> JobRecord? {
        try await database.write { (transaction) async throws(StorageError) in
            guard
                var columns = try await transaction.first(
                    "SELECT attempts FROM jobs WHERE id = $1 AND lease = $2 AND state = 'running'",
                    [.text(id), .text(lease)])?.columns
            else { return nil }
            let wait = JobRepository.backOff(attempts: Int(try columns.integer()))
            let rows = try await transaction.query(
                """
                UPDATE jobs SET state = CASE WHEN attempts < attempt_limit THEN 'waiting' ELSE 'dead' END,
                    ended_at = CASE WHEN attempts < attempt_limit THEN ended_at ELSE $2 END,
                    lease = '', error = $3, due_at = $4
                WHERE id = $1 RETURNING \(JobRecord.columns)
                """,
                [
                    .text(id), .integer(now.milliseconds), .text(String(reason.prefix(1000))),
                    .integer(now.milliseconds + wait),
                ])
            return try rows.decode(JobRecord.init).first
        }
    }

    /// How long a job waits after so many attempts, in milliseconds: 1 s and twice as long each time, up to an hour; of
    /// that anything from one half to all, so that what failed together does not come back together.
    static func backOff(attempts: Int) -> Int64 {
        let longest: Int64 = min(3_600_000, 1000 << Int64(min(max(attempts - 1, 0), 20)))
        return Int64.random(in: (longest / 2)...longest)
    }

    /// Makes a lease last longer.
    ///
    /// - Returns: Whether it is still the job's.
    public func extend(
        _ id: String, lease: String, milliseconds: Int64, now: Timestamp = .now()
    ) async throws(StorageError) -> Bool {
        try await database.write { (transaction) async throws(StorageError) in
            try await transaction.first(
                "UPDATE jobs SET due_at = $3 WHERE id = $1 AND lease = $2 AND state = 'running' RETURNING id",
                [.text(id), .text(lease), .integer(now.milliseconds + milliseconds)]) != nil
        }
    }
}
