import Bytes

extension RoomRepository {
    /// Notes a privileged act. Nothing changes or deletes it afterwards.
    public func audit(_ record: AuditRecord) async throws(StorageError) {
        try await write { (tables) async throws(StorageError) in
            var record = record
            record.tenant = tables.tenant
            try await AuditTables(transaction: tables.transaction).add(record)
        }
    }

    /// Privileged acts, the newest first; of one room or of all.
    public func auditLog(
        room: String? = nil, cursor: String? = nil, limit: Int
    ) async throws(StorageError) -> Page<AuditRecord> {
        var filter = AuditFilter()
        filter.tenant = tenant
        filter.room = room
        return try await AuditRepository(database: database).page(filter, cursor: cursor, limit: limit)
    }
}
