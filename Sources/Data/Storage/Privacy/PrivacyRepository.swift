public import Bytes

/// The jobs that export or erase what is kept of people.
public struct PrivacyRepository: Sendable {
    let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    /// Keeps a new job; where one of its kind runs for this person already, that one is the answer.
    public func make(_ job: PrivacyJob) async throws(StorageError) -> PrivacyJob {
        try await database.write { (transaction) async throws(StorageError) in
            let running = try await transaction.first(
                """
                SELECT \(PrivacyJob.columns) FROM privacy_jobs
                WHERE state = 'running' AND tenant_id = $1 AND user_id = $2 AND kind = $3
                """, [.text(job.person.tenant), .text(job.person.user), .text(job.kind.rawValue)])
            if var columns = running?.columns { return try PrivacyJob(&columns) }
            _ = try await transaction.query(
                """
                INSERT INTO privacy_jobs (id, tenant_id, user_id, kind, state, heir, step, room, seq, counts, parts,
                    attempts, lease_until, made_at)
                VALUES ($1, $2, $3, $4, 'running', $5, 0, '', 0, '', 0, 0, 0, $6)
                """,
                [
                    .text(job.id), .text(job.person.tenant), .text(job.person.user), .text(job.kind.rawValue),
                    .text(job.heir), .integer(job.madeAt.milliseconds),
                ])
            return job
        }
    }

    /// A job by its id.
    public func job(_ id: String) async throws(StorageError) -> PrivacyJob? {
        try await database.read { (transaction) async throws(StorageError) in
            let row = try await transaction.first(
                "SELECT \(PrivacyJob.columns) FROM privacy_jobs WHERE id = $1", [.text(id)])
            guard var columns = row?.columns else { return nil }
            return try PrivacyJob(&columns)
        }
    }

    /// Takes the oldest job that nobody works on, until a moment by which it is to be done or taken anew.
    public func claim(until lease: Timestamp, now: Timestamp = .now()) async throws(StorageError)
        -> PrivacyJob?
    {
        try await database.write { (transaction) async throws(StorageError) in
            let row = try await transaction.first(
                """
                UPDATE privacy_jobs SET lease_until = $2, attempts = attempts + 1 WHERE id = (
                    SELECT id FROM privacy_jobs WHERE state = 'running' AND lease_until <= $1
                    ORDER BY lease_until, id LIMIT 1)
                RETURNING \(PrivacyJob.columns)
                """, [.integer(now.milliseconds), .integer(lease.milliseconds)])
            guard var columns = row?.columns else { return nil }
            return try PrivacyJob(&columns)
        }
    }

    /// Lets go of what a process that is gone had taken, where the store is one process' own; where it is shared, the
    /// others may be at work on theirs, and leases end by themselves.
    public func releaseAll() async throws(StorageError) {
        guard database.dialect == .sqlite else { return }
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query("UPDATE privacy_jobs SET lease_until = 0 WHERE state = 'running'")
        }
    }

    /// Keeps how far a job is, with a part of its export where there is one.
    public func save(_ job: PrivacyJob, part: String? = nil, lease: Timestamp) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            try await PrivacyRepository.save(job, part: part, lease: lease, transaction)
        }
    }

    static func save(
        _ job: PrivacyJob, part: String?, lease: Timestamp, _ transaction: any Queryable
    ) async throws(StorageError) {
        if let part {
            _ = try await transaction.query(
                """
                INSERT INTO privacy_parts (job_id, number, body) VALUES ($1, $2, $3)
                ON CONFLICT (job_id, number) DO UPDATE SET body = excluded.body
                """, [.text(job.id), .integer(Int64(job.parts - 1)), .text(part)])
        }
        _ = try await transaction.query(
            """
            UPDATE privacy_jobs SET step = $2, room = $3, seq = $4, counts = $5, parts = $6, lease_until = $7,
                state = $8, expires_at = $9, receipt = $10, hash = $11, user_id = $12
            WHERE id = $1
            """,
            [
                .text(job.id), .integer(Int64(job.step)), .text(job.room), .integer(job.seq),
                .text(job.countsText), .integer(Int64(job.parts)), .integer(lease.milliseconds),
                .text(job.state.rawValue), .optional(job.expiresAt?.milliseconds), .optional(job.receipt),
                .optional(job.hash), .text(job.person.user),
            ])
    }

    /// A part of an export.
    public func part(_ number: Int, of job: String) async throws(StorageError) -> String? {
        try await database.read { (transaction) async throws(StorageError) in
            let row = try await transaction.first(
                "SELECT body FROM privacy_parts WHERE job_id = $1 AND number = $2",
                [.text(job), .integer(Int64(number))])
            var columns = row?.columns
            return try columns?.text()
        }
    }

    /// Deletes exports whose time is over, and those of a person.
    public func forget(before: Timestamp, of person: PersonKey? = nil) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            let which =
                "kind = 'export' AND (expires_at <= $1 OR tenant_id = $2 AND user_id = $3)"
            let parameters: [DatabaseValue] = [
                .integer(before.milliseconds), .text(person?.tenant ?? ""), .text(person?.user ?? ""),
            ]
            _ = try await transaction.query(
                "DELETE FROM privacy_parts WHERE job_id IN (SELECT id FROM privacy_jobs WHERE \(which))",
                parameters)
            _ = try await transaction.query("DELETE FROM privacy_jobs WHERE \(which)", parameters)
        }
    }
}
