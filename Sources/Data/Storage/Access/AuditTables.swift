import Bytes

/// The statements about the record, inside a transaction that somebody else opened.
struct AuditTables {
    let transaction: any Queryable

    static let columns =
        "id, at, tenant_id, actor_id, action, room_id, target, details, address, request_id, outcome, count"

    /// Adds a line. Its id is made here, where one write comes after the other: who reads on behind the last line
    /// that they know misses none.
    func add(_ record: AuditRecord) async throws(StorageError) {
        _ = try await transaction.query(
            """
            INSERT INTO audit (id, at, tenant_id, actor_id, action, room_id, target, details, address, request_id,
                outcome, count)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            [
                .text(Identifier.uuid()), .integer(record.at.milliseconds), .text(record.tenant),
                .text(record.actor), .text(record.action), .optional(record.room), .optional(record.target),
                .optional(record.details), .optional(record.address), .optional(record.requestID),
                .text(record.outcome), .integer(Int64(record.count)),
            ])
    }

    static func record(_ columns: inout RowReader) throws(StorageError) -> AuditRecord {
        AuditRecord(
            id: try columns.text(), at: try columns.time(), tenant: try columns.text(),
            actor: try columns.text(), action: try columns.text(), room: try columns.optionalText(),
            target: try columns.optionalText(), details: try columns.optionalText(),
            address: try columns.optionalText(), requestID: try columns.optionalText(),
            outcome: try columns.text(), count: Int(try columns.integer()))
    }
}
