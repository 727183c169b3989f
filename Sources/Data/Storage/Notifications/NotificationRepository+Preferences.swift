public import Bytes

extension NotificationRepository {
    /// What a person wants.
    public func preferences(of person: PersonKey) async throws(StorageError) -> PreferencesRecord {
        try await database.read { (transaction) async throws(StorageError) in
            try await NotificationRepository.preferences(of: [person], in: transaction)[person]
                ?? PreferencesRecord()
        }
    }

    /// What people want, inside a transaction; who never said anything is left out.
    public static func preferences(
        of people: some Collection<PersonKey> & Sendable, in transaction: any Queryable
    ) async throws(StorageError) -> [PersonKey: PreferencesRecord] {
        guard !people.isEmpty else { return [:] }
        let rows = try await transaction.queries(
            """
            SELECT tenant_id, user_id, time_zone, quiet_from, quiet_to, muted FROM preferences
            WHERE tenant_id = $1 AND user_id = $2
            """, people.map { [.text($0.tenant), .text($0.user)] })
        var found: [PersonKey: PreferencesRecord] = [:]
        for row in rows.flatMap(\.self) {
            var columns = row.columns
            let person = PersonKey(tenant: try columns.text(), user: try columns.text())
            var record = PreferencesRecord()
            record.timeZone = try columns.text()
            let (from, to) = (try columns.optionalInteger(), try columns.optionalInteger())
            if let from, let to {
                record.quietHours = PreferencesRecord.QuietHours(from: Int(from), to: Int(to))
            }
            record.muted = try TextList.decode(try columns.optionalText())
            found[person] = record
        }
        return found
    }

    /// Keeps what a person wants.
    public func set(
        _ preferences: PreferencesRecord, for person: PersonKey, now: Timestamp = .now()
    ) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                """
                INSERT INTO preferences (tenant_id, user_id, time_zone, quiet_from, quiet_to, muted, at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (tenant_id, user_id) DO UPDATE SET time_zone = excluded.time_zone,
                    quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, muted = excluded.muted,
                    at = excluded.at
                """,
                [
                    .text(person.tenant), .text(person.user), .text(preferences.timeZone),
                    .optional(preferences.quietHours.map { Int64($0.from) }),
                    .optional(preferences.quietHours.map { Int64($0.to) }),
                    TextList.encode(preferences.muted), .integer(now.milliseconds),
                ])
        }
    }
}
