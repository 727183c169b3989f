public import Bytes

/// What an operator did with a job, or why it cannot be done.
public enum JobVerdict: Sendable, Hashable {
    /// It is done; the job as it is now, or as it was when it went.
    case done(JobRecord)
    /// There is no such job.
    case unknown
    /// A worker has it, or it is done already: nobody may take it from them.
    case refused(JobRecord.State)
}

// What people do with the queue when something in it has gone wrong.
extension JobRepository {
    /// Jobs, the newest first.
    ///
    /// - Parameters:
    ///   - state: In which state; nil for all that are not done.
    ///   - kind: Of which kind; nil for all.
    ///   - cursor: The cursor of the page before.
    public func page(
        _ state: JobRecord.State?, kind: String?, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<JobRecord> {
        var conditions = [JobRepository.condition(of: state)]
        var parameters: [DatabaseValue] = [.integer(Int64(limit.asPageLimit + 1))]
        if let kind {
            parameters.append(.text(kind))
            conditions.append("kind = $\(parameters.count)")
        }
        if let cursor {
            parameters.append(.text(cursor))
            conditions.append("id < $\(parameters.count)")
        }
        let sql = """
            SELECT \(JobRecord.columns) FROM jobs WHERE \(conditions.joined(separator: " AND "))
            ORDER BY id DESC LIMIT $1
            """
        let values = parameters
        return try await database.read { (transaction) async throws(StorageError) in
            let jobs = try await transaction.query(sql, values).decode(JobRecord.init)
            return Page(jobs, limit: limit, cursor: \.id)
        }
    }

    // Written so that the indexes of what waits and of what has ended are of use: there may be many that are done.
    private static func condition(of state: JobRecord.State?) -> String {
        switch state {
        case nil: "(ended_at IS NULL OR state = 'dead')"
        case .waiting, .running: "ended_at IS NULL AND state = '\(state?.rawValue ?? "")'"
        case .done, .dead: "ended_at IS NOT NULL AND state = '\(state?.rawValue ?? "")'"
        }
    }

    private static let reviving = """
        state = 'waiting', attempts = 0, due_at = $2, ended_at = NULL, lease = ''
        """

    /// Has a job that was given up, or waits for its next attempt, begun at once, with all its attempts before it.
    public func retry(_ id: String, now: Timestamp = .now()) async throws(StorageError) -> JobVerdict {
        try await decide(
            id,
            "UPDATE jobs SET \(JobRepository.reviving) WHERE id = $1 AND state IN ('dead', 'waiting')",
            [.integer(now.milliseconds)])
    }

    /// The same for all that were given up until now, some at a time.
    ///
    /// - Parameter kind: Of which kind; nil for all.
    /// - Returns: How many there were.
    public func retryDead(kind: String? = nil, now: Timestamp = .now()) async throws(StorageError) -> Int {
        let narrowing = kind == nil ? "" : " AND kind = $3"
        let parameters: [DatabaseValue] =
            [.integer(500), .integer(now.milliseconds)] + (kind.map { [.text($0)] } ?? [])
        var count = 0
        while true {
            let revived = try await database.write { (transaction) async throws(StorageError) in
                try await transaction.query(
                    """
                    UPDATE jobs SET \(JobRepository.reviving) WHERE id IN (SELECT id FROM jobs
                        WHERE state = 'dead' AND ended_at IS NOT NULL AND ended_at <= $2\(narrowing)
                        ORDER BY ended_at LIMIT $1)
                    RETURNING id
                    """, parameters
                ).count
            }
            count += revived
            if revived < 500 { return count }
        }
    }

    /// Deletes a job that waits or was given up: what it was to do is not done. Its key is free then.
    public func drop(_ id: String) async throws(StorageError) -> JobVerdict {
        try await decide(id, "DELETE FROM jobs WHERE id = $1 AND state IN ('dead', 'waiting')", [])
    }

    private func decide(
        _ id: String, _ statement: String, _ more: [DatabaseValue]
    ) async throws(StorageError) -> JobVerdict {
        try await database.write { (transaction) async throws(StorageError) in
            let changed = try await transaction.query(
                statement + " RETURNING \(JobRecord.columns)", [.text(id)] + more
            ).decode(JobRecord.init)
            if let job = changed.first { return .done(job) }
            let row = try await transaction.first("SELECT state FROM jobs WHERE id = $1", [.text(id)])
            guard var columns = row?.columns else { return .unknown }
            return .refused(JobRecord.State(rawValue: try columns.text()) ?? .running)
        }
    }
}
