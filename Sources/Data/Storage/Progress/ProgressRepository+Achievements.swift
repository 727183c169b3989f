public import Bytes

// What there is to earn. Each change is a version of its own; the newest one counts.
extension ProgressRepository {
    private static let columns =
        "id, version, active, name, description, xp, rarity, rule, mint, at, deleted"

    /// All achievements that are not deleted, by their ids.
    public func achievements() async throws(StorageError) -> [AchievementRecord] {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                """
                SELECT \(ProgressRepository.columns) FROM achievements a WHERE tenant_id = $1 AND deleted = 0
                    AND version = (SELECT MAX(version) FROM achievements b
                        WHERE b.tenant_id = a.tenant_id AND b.id = a.id)
                ORDER BY id
                """, [.text(tenant)]
            ).decode(AchievementRecord.init)
        }
    }

    /// The versions of one, newest first; none where it is deleted.
    public func versions(of id: String) async throws(StorageError) -> [AchievementRecord] {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            if try await ProgressRepository.newest(id, tenant, transaction).isDeleted { return [] }
            return try await transaction.query(
                """
                SELECT \(ProgressRepository.columns) FROM achievements
                WHERE tenant_id = $1 AND id = $2 AND deleted = 0 ORDER BY version DESC LIMIT 100
                """, [.text(tenant), .text(id)]
            ).decode(AchievementRecord.init)
        }
    }

    /// What became of a wish to change an achievement.
    public enum Saving: Sendable, Hashable {
        /// This version counts from now on.
        case saved(AchievementRecord)
        /// It is there already, or is not.
        case refused
        /// There are as many as there may be.
        case full
    }

    /// Keeps a new version.
    ///
    /// - Parameters:
    ///   - isNew: Whether it must not be there yet; otherwise it must.
    ///   - limit: How many there may be.
    public func save(
        _ record: AchievementRecord, new isNew: Bool, limit: Int
    ) async throws(StorageError) -> Saving {
        let tenant = tenant
        return try await database.write { (transaction) async throws(StorageError) in
            let newest = try await ProgressRepository.newest(record.id, tenant, transaction)
            guard isNew == (newest.isDeleted) else { return .refused }
            if isNew {
                let count = try await transaction.query(
                    "SELECT DISTINCT id FROM achievements WHERE tenant_id = $1", [.text(tenant)]
                ).count
                guard count < limit || newest.version > 0 else { return .full }
            }
            var record = record
            record.version = newest.version + 1
            try await ProgressRepository.insert(record, deleted: false, tenant, transaction)
            return .saved(record)
        }
    }

    /// Takes an achievement away; whoever has earned it keeps it.
    ///
    /// - Returns: False where there is none.
    public func delete(_ id: String, at: Timestamp = .now()) async throws(StorageError) -> Bool {
        let tenant = tenant
        return try await database.write { (transaction) async throws(StorageError) in
            let newest = try await ProgressRepository.newest(id, tenant, transaction)
            guard !newest.isDeleted else { return false }
            let record = AchievementRecord(
                id: id, version: newest.version + 1, active: false, name: "", description: "", experience: 0,
                rarity: "", rule: "", at: at)
            try await ProgressRepository.insert(record, deleted: true, tenant, transaction)
            return true
        }
    }

    private static func newest(
        _ id: String, _ tenant: String, _ transaction: any Queryable
    ) async throws(StorageError) -> (version: Int64, isDeleted: Bool) {
        let row = try await transaction.first(
            """
            SELECT version, deleted FROM achievements WHERE tenant_id = $1 AND id = $2
            ORDER BY version DESC LIMIT 1
            """, [.text(tenant), .text(id)])
        guard var columns = row?.columns else { return (0, true) }
        return (try columns.integer(), try columns.bool())
    }

    private static func insert(
        _ record: AchievementRecord, deleted: Bool, _ tenant: String, _ transaction: any Queryable
    ) async throws(StorageError) {
        _ = try await transaction.query(
            """
            INSERT INTO achievements (tenant_id, id, version, active, name, description, xp, rarity, rule, mint, at,
                deleted) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """,
            [
                .text(tenant), .text(record.id), .integer(record.version), .bool(record.active),
                .text(record.name), .text(record.description), .integer(record.experience),
                .text(record.rarity), .text(record.rule), .optional(record.mint),
                .integer(record.at.milliseconds), .bool(deleted),
            ])
        // What was made from another catalogue is not written any more.
        _ = try await transaction.query(
            "UPDATE progress_clock SET version = version + 1, catalogue = catalogue + 1 WHERE name = 'clock'")
    }
}

extension AchievementRecord {
    fileprivate init(_ columns: inout RowReader) throws(StorageError) {
        self.init(
            id: try columns.text(), version: try columns.integer(), active: try columns.bool(),
            name: try columns.text(), description: try columns.text(), experience: try columns.integer(),
            rarity: try columns.text(), rule: try columns.text(), mint: try columns.optionalText(),
            at: try columns.time())
    }
}
