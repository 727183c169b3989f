public import Bytes

/// The record of privileged acts and refusals, of all tenants. It grows, and loses only what is old.
public struct AuditRepository: Sendable {
    private let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    /// Adds lines, in their order.
    public func add(_ records: [AuditRecord]) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            for record in records { try await AuditTables(transaction: transaction).add(record) }
        }
    }

    /// Lines, the newest first.
    public func page(
        _ filter: AuditFilter, cursor: String?, limit: Int
    ) async throws(StorageError) -> Page<AuditRecord> {
        let limit = limit.asPageLimit
        let found = try await lines(
            filter, AuditPlace(condition: "id < ", id: cursor ?? "~", order: "DESC"), limit + 1)
        return Page(found, limit: limit) { $0.id }
    }

    /// Lines that came after a known one, the oldest first.
    ///
    /// - Parameter known: The id of the last line that is known; empty for none.
    public func lines(
        _ filter: AuditFilter, after known: String, limit: Int
    ) async throws(StorageError) -> [AuditRecord] {
        try await lines(
            filter, AuditPlace(condition: "id > ", id: known, order: "ASC"), limit.asPageLimit)
    }

    private struct AuditPlace: Sendable {
        let condition: String
        let id: String
        let order: String
    }

    private func lines(
        _ filter: AuditFilter, _ place: AuditPlace, _ limit: Int
    ) async throws(StorageError) -> [AuditRecord] {
        // One text per set of filters, so that few statements are kept prepared.
        var parameters: [DatabaseValue] = [.text(place.id), .integer(Int64(limit))]
        var conditions = ""
        func add(_ condition: String, _ value: DatabaseValue?) {
            guard let value else { return }
            parameters.append(value)
            conditions += " AND \(condition) $\(parameters.count)"
        }
        add("tenant_id =", filter.tenant.map { .text($0) })
        add("actor_id =", filter.actor.map { .text($0) })
        add("target =", filter.target.map { .text($0) })
        add("room_id =", filter.room.map { .text($0) })
        add("at >=", filter.since.map { .integer($0.milliseconds) })
        add("at <", filter.until.map { .integer($0.milliseconds) })
        if let action = filter.action, action.hasSuffix(".") {
            // "/" comes after "." in order, and in no action.
            add("action >=", .text(action))
            add("action <", .text(action.dropLast() + "/"))
        } else {
            add("action =", filter.action.map { .text($0) })
        }
        let sql = """
            SELECT \(AuditTables.columns) FROM audit WHERE \(place.condition)$1\(conditions)
            ORDER BY id \(place.order) LIMIT $2
            """
        let values = parameters
        return try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(sql, values).decode(AuditTables.record)
        }
    }

    /// Deletes the oldest lines, as far as they are from before a moment: the one door by which any go.
    ///
    /// - Returns: How many went; fewer than `limit` when all are gone.
    public func forget(before: Timestamp, limit: Int = 500) async throws(StorageError) -> Int {
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                "UPDATE audit_floor SET at = $1 WHERE name = 'floor' AND at < $1",
                [.integer(before.milliseconds)])
            return try await transaction.query(
                """
                DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 ORDER BY id LIMIT $2) AND at < $1
                    RETURNING id
                """, [.integer(before.milliseconds), .integer(Int64(limit))]
            ).count
        }
    }
}
