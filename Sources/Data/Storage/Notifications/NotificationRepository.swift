public import Bytes

/// What people are told, and what they want to be told.
public struct NotificationRepository: Sendable {
    let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    // MARK: Writing

    /// Keeps notifications, inside the transaction of whatever they tell of.
    ///
    /// - Parameter limit: How many a person has at most; the oldest go.
    /// - Returns: Those that are new: a repeat is told by its key.
    public static func add(
        _ notifications: [NotificationRecord], limit: Int, in transaction: any Queryable
    ) async throws(StorageError) -> [NotificationRecord] {
        guard !notifications.isEmpty else { return [] }
        let rows = try await transaction.queries(
            """
            INSERT INTO notifications (tenant_id, user_id, id, key, kind, title, body, data, silent, at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (tenant_id, user_id, key) DO NOTHING RETURNING id
            """, notifications.map(\.values))
        let new = zip(notifications, rows).filter { !$1.isEmpty }.map(\.0)
        try await transaction.execute(
            """
            DELETE FROM notifications WHERE tenant_id = $1 AND user_id = $2 AND id <= (
                SELECT id FROM notifications WHERE tenant_id = $1 AND user_id = $2 ORDER BY id DESC LIMIT 1 OFFSET $3)
            """,
            Set(new.map(\.person)).map { [.text($0.tenant), .text($0.user), .integer(Int64(limit))] })
        return new
    }

    /// Marks notifications as read.
    ///
    /// - Parameters:
    ///   - ids: Which ones.
    ///   - last: And all up to this one.
    /// - Returns: How many were unread.
    public func markRead(
        of person: PersonKey, ids: [String] = [], upTo last: String? = nil, now: Timestamp = .now()
    ) async throws(StorageError) -> Int {
        let key: [DatabaseValue] = [
            .text(person.tenant), .text(person.user), .integer(now.milliseconds),
        ]
        return try await database.write { (transaction) async throws(StorageError) in
            var rows = try await transaction.queries(
                """
                UPDATE notifications SET read_at = $3
                WHERE tenant_id = $1 AND user_id = $2 AND id = $4 AND read_at IS NULL RETURNING id
                """, ids.map { key + [.text($0)] }
            ).flatMap(\.self)
            if let last {
                rows += try await transaction.query(
                    """
                    UPDATE notifications SET read_at = $3
                    WHERE tenant_id = $1 AND user_id = $2 AND id <= $4 AND read_at IS NULL RETURNING id
                    """, key + [.text(last)])
            }
            return rows.count
        }
    }

    /// Deletes notifications from before a moment, some at a time.
    ///
    /// - Returns: How many went; fewer than the limit when none is left.
    public func forget(before cutoff: Timestamp, limit: Int = 500) async throws(StorageError) -> Int {
        try await database.write { (transaction) async throws(StorageError) in
            try await transaction.query(
                """
                DELETE FROM notifications WHERE (tenant_id, user_id, id) IN (
                    SELECT tenant_id, user_id, id FROM notifications WHERE at < $1 ORDER BY at LIMIT $2)
                RETURNING id
                """, [.integer(cutoff.milliseconds), .integer(Int64(limit))]
            ).count
        }
    }

    // MARK: Reading

    /// A person's notifications, newest first.
    ///
    /// - Parameters:
    ///   - isUnread: Whether those that were read are left out.
    ///   - cursor: The id that the last page ended with.
    public func list(
        of person: PersonKey, unread isUnread: Bool, cursor: String? = nil, limit: Int
    ) async throws(StorageError) -> (page: Page<NotificationRecord>, unread: Int) {
        let limit = limit.asPageLimit
        return try await database.read { (transaction) async throws(StorageError) in
            let found = try await transaction.query(
                """
                SELECT \(NotificationRecord.columns) FROM notifications
                WHERE tenant_id = $1 AND user_id = $2 AND id < $3 \(isUnread ? "AND read_at IS NULL" : "")
                ORDER BY id DESC LIMIT $4
                """,
                [
                    .text(person.tenant), .text(person.user), .text(cursor ?? "~"),
                    .integer(Int64(limit) + 1),
                ]
            ).decode(NotificationRecord.init)
            let unread = try await NotificationRepository.unread(of: person, in: transaction)
            return (Page(found, limit: limit, cursor: \.id), unread)
        }
    }

    /// One of a person's notifications, and how many they have not read.
    public func notification(
        _ id: String, of person: PersonKey
    ) async throws(StorageError) -> (NotificationRecord, unread: Int)? {
        try await database.read { (transaction) async throws(StorageError) in
            let rows = try await transaction.query(
                """
                SELECT \(NotificationRecord.columns) FROM notifications
                WHERE tenant_id = $1 AND user_id = $2 AND id = $3
                """, [.text(person.tenant), .text(person.user), .text(id)])
            guard let record = try rows.decode(NotificationRecord.init).first else { return nil }
            return (record, try await NotificationRepository.unread(of: person, in: transaction))
        }
    }

    /// How many a person has not read.
    public func unread(of person: PersonKey) async throws(StorageError) -> Int {
        try await database.read { (transaction) async throws(StorageError) in
            try await NotificationRepository.unread(of: person, in: transaction)
        }
    }

    private static func unread(
        of person: PersonKey, in transaction: any Queryable
    ) async throws(StorageError) -> Int {
        var columns = try await transaction.first(
            "SELECT COUNT(*) FROM notifications WHERE tenant_id = $1 AND user_id = $2 AND read_at IS NULL",
            [.text(person.tenant), .text(person.user)])?.columns
        return Int(try columns?.integer() ?? 0)
    }
}
