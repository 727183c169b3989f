public import Bytes

/// The tiers that people have been given.
public struct TierRepository: Sendable {
    private let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    /// All of them, by the names of tiers.
    public func all() async throws(StorageError) -> [PersonKey: String] {
        try await database.read { (transaction) async throws(StorageError) in
            var tiers: [PersonKey: String] = [:]
            for row in try await transaction.query("SELECT tenant_id, user_id, tier FROM tiers") {
                var columns = row.columns
                let person = PersonKey(tenant: try columns.text(), user: try columns.text())
                tiers[person] = try columns.text()
            }
            return tiers
        }
    }

    /// Gives a person a tier, or takes it away.
    public func set(
        _ tier: String?, for person: PersonKey, now: Timestamp = .now()
    ) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            let names: [DatabaseValue] = [.text(person.tenant), .text(person.user)]
            guard let tier else {
                _ = try await transaction.query(
                    "DELETE FROM tiers WHERE tenant_id = $1 AND user_id = $2", names)
                return
            }
            _ = try await transaction.query(
                """
                INSERT INTO tiers (tenant_id, user_id, tier, at) VALUES ($1, $2, $3, $4)
                    ON CONFLICT (tenant_id, user_id) DO UPDATE SET tier = EXCLUDED.tier, at = EXCLUDED.at
                """, names + [.text(tier), .integer(now.milliseconds)])
        }
    }
}
