public import Bytes

/// A step of the schema, for people.
public struct MigrationStep: Hashable, Sendable {
    /// Its number.
    public let number: Int
    /// What it brings.
    public let name: String
}

/// Brings a database's schema up to date.
public enum Migrator {
    static let migrations = [
        Migration.rooms, .receiptsAndRanks, .access, .signIns, .wallets, .gates, .identity, .record,
        .widerBans,
        .privacy, .receipts,
    ]

    /// The newest schema that this program knows.
    public static var supportedVersion: Int { migrations.last?.number ?? 0 }

    /// Asks a database of ours for its schema's version.
    public static let versionQuery = "SELECT COALESCE(MAX(version), 0) FROM schema_migrations"

    /// Applies what is missing, each step in a transaction of its own. The caller holds the store's lock.
    ///
    /// - Throws: ``StorageError/newerVersion(found:supported:)`` where a later program wrote it; nothing is changed.
    public static func migrate(_ database: any Database, at: Timestamp = .now()) async throws(StorageError) {
        let dialect = database.dialect
        let found = try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL
                )
                """)
            return try await version(transaction)
        }
        guard found <= supportedVersion else {
            throw .newerVersion(found: found, supported: supportedVersion)
        }
        for migration in migrations where migration.number > found {
            try await database.write { (transaction) async throws(StorageError) in
                // Another process may have been here since: of writes one runs at a time, among all processes.
                guard try await version(transaction) < migration.number else { return }
                for statement in migration.statements(dialect) {
                    _ = try await transaction.query(dialect.definition(statement))
                }
                _ = try await transaction.query(
                    "INSERT INTO schema_migrations (version, name, applied_at) VALUES ($1, $2, $3)",
                    [.integer(Int64(migration.number)), .text(migration.name), .integer(at.milliseconds)])
            }
        }
    }

    /// All steps, in their order.
    public static var steps: [MigrationStep] {
        migrations.map { MigrationStep(number: $0.number, name: $0.name) }
    }

    /// The steps that a database lacks.
    ///
    /// - Throws: ``StorageError/newerVersion(found:supported:)`` where a later program wrote it.
    public static func pending(_ database: any Database) async throws(StorageError) -> [MigrationStep] {
        let found: Int
        do {
            found = try await database.read { (transaction) async throws(StorageError) in
                try await version(transaction)
            }
        } catch {
            // No such table: it is empty.
            guard case .statement = error else { throw error }
            return steps
        }
        guard found <= supportedVersion else {
            throw .newerVersion(found: found, supported: supportedVersion)
        }
        return steps.filter { $0.number > found }
    }

    private static func version(_ transaction: any Queryable) async throws(StorageError) -> Int {
        guard var columns = try await transaction.first(versionQuery, [])?.columns else { return 0 }
        return Int(try columns.integer())
    }
}
