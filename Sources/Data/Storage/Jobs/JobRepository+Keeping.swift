public import Bytes

extension JobRepository {
    /// A job by its id.
    public func job(_ id: String) async throws(StorageError) -> JobRecord? {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query("SELECT \(JobRecord.columns) FROM jobs WHERE id = $1", [.text(id)])
                .decode(JobRecord.init).first
        }
    }

    /// A job by its kind and key.
    public func job(_ kind: String, key: String) async throws(StorageError) -> JobRecord? {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                "SELECT \(JobRecord.columns) FROM jobs WHERE kind = $1 AND key = $2",
                [.text(kind), .text(key)]
            ).decode(JobRecord.init).first
        }
    }

    /// How many jobs wait, run and were given up. Those that are done are not counted: there may be many.
    public func counts() async throws(StorageError) -> [JobRecord.State: Int] {
        try await database.read { (transaction) async throws(StorageError) in
            var counts: [JobRecord.State: Int] = [:]
            for condition in ["ended_at IS NULL", "state = 'dead' AND ended_at IS NOT NULL"] {
                let rows = try await transaction.query(
                    "SELECT state, COUNT(*) FROM jobs WHERE \(condition) GROUP BY state")
                for row in rows {
                    var columns = row.columns
                    guard let state = JobRecord.State(rawValue: try columns.text()) else { continue }
                    counts[state] = Int(try columns.integer())
                }
            }
            return counts
        }
    }

    /// Lets go of what a process that is gone had leased, where the store is one process' own; where it is shared, the
    /// others may be at work on theirs, and leases end by themselves.
    public func releaseOwn(_ kinds: [String]) async throws(StorageError) {
        guard database.dialect == .sqlite else { return }
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.queries(
                "UPDATE jobs SET due_at = 0 WHERE ended_at IS NULL AND state = 'running' AND kind = $1",
                kinds.map { [.text($0)] })
        }
    }

    /// Deletes jobs that ended before a moment, some at a time. Their keys are free then.
    ///
    /// - Returns: How many went; fewer than the limit when none is left.
    public func forget(
        _ state: JobRecord.State, endedBefore cutoff: Timestamp, limit: Int = 500
    ) async throws(StorageError) -> Int {
        try await database.write { (transaction) async throws(StorageError) in
            try await transaction.query(
                """
                DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE state = $1 AND ended_at IS NOT NULL
                    AND ended_at < $2 ORDER BY ended_at LIMIT $3) RETURNING id
                """, [.text(state.rawValue), .integer(cutoff.milliseconds), .integer(Int64(limit))]
            ).count
        }
    }
}
