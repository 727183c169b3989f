import Bytes

extension RoomRepository {
    /// Notes a privileged act. Nothing changes or deletes it afterwards.
    public func audit(_ record: AuditRecord) async throws(StorageError) {
        try await write { (tables) async throws(StorageError) in
            _ = try await tables.transaction.query(
                """
                INSERT INTO audit (tenant_id, id, at, actor_id, action, room_id, target, details)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                [
                    .text(tables.tenant), .text(record.id), .integer(record.at.milliseconds),
                    .text(record.actor),
                    .text(record.action), .optional(record.room), .optional(record.target),
                    .optional(record.details),
                ])
        }
    }

    /// Privileged acts, the newest first; of one room or of all.
    public func auditLog(
        room: String? = nil, cursor: String? = nil, limit: Int
    ) async throws(StorageError) -> Page<AuditRecord> {
        let limit = limit.asPageLimit
        return try await read { (tables) async throws(StorageError) in
            var parameters: [DatabaseValue] = [
                .text(tables.tenant), .text(cursor ?? "~"), .integer(Int64(limit) + 1),
            ]
            if let room { parameters.append(.text(room)) }
            let rows = try await tables.transaction.query(
                """
                SELECT id, at, actor_id, action, room_id, target, details FROM audit
                WHERE tenant_id = $1 AND id < $2\(room == nil ? "" : " AND room_id = $4") ORDER BY id DESC LIMIT $3
                """, parameters)
            let records = try rows.decode { (columns) throws(StorageError) in
                AuditRecord(
                    id: try columns.text(), at: try columns.time(), actor: try columns.text(),
                    action: try columns.text(), room: try columns.optionalText(),
                    target: try columns.optionalText(), details: try columns.optionalText())
            }
            return Page(records, limit: limit) { $0.id }
        }
    }
}
