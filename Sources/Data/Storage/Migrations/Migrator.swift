public import Bytes
import Telemetry

/// A step of the schema, for people.
public struct MigrationStep: Hashable, Sendable {
    /// Its number.
    public let number: Int
    /// What it brings.
    public let name: String
}

/// Brings a database's schema up to date.
///
/// A newer program's schema is used as it is where its steps say that this program may: `schema_readers` has, for each
/// version, the oldest schema whose programs may run against it. So programs of two versions serve side by side while
/// one takes the place of the other.
public enum Migrator {
    package static let migrations = [
        Migration.rooms, .receiptsAndRanks, .access, .signIns, .wallets, .gates, .identity, .record,
        .widerBans,
        .privacy, .receipts, .vacuum, .prices, .jobsAndNotifications, .priceAnomalies, .progress,
        .alerts, .risk, .watchlists, .candleTicks,
    ]

    /// The first schema whose programs look whether they may use a newer one.
    private static let firstCareful = 11

    /// The newest schema that this program knows.
    public static var supportedVersion: Int { migrations.last?.number ?? 0 }

    /// Asks a database of ours for its schema's version.
    public static let versionQuery = "SELECT COALESCE(MAX(version), 0) FROM schema_migrations"

    /// Asks it for the oldest schema whose programs may use that version, `$1`; no row where it does not say.
    public static let oldestQuery = "SELECT oldest FROM schema_readers WHERE version = $1"

    /// Applies what is missing, each step in a transaction of its own. The caller holds the store's lock.
    ///
    /// - Throws: ``StorageError/newerVersion(found:supported:)`` where a later program wrote it and shut this one out;
    ///   nothing is changed.
    public static func migrate(_ database: any Database, at: Timestamp = .now()) async throws(StorageError) {
        try await migrate(database, with: migrations, at: at)
    }

    /// Applies what is missing of certain steps.
    package static func migrate(
        _ database: any Database, with steps: [Migration], at: Timestamp = .now()
    ) async throws(StorageError) {
        let supported = steps.last?.number ?? 0
        let dialect = database.dialect
        let found = try await begin(database)
        if found > supported { return try await admit(database, found, supported) }
        for step in steps where step.number > found {
            try await database.write { (transaction) async throws(StorageError) in
                // Another process may have been here since: of writes one runs at a time, among all processes.
                guard try await version(transaction) < step.number else { return }
                try await apply(step, dialect, transaction, at)
            }
        }
    }

    /// Makes the tables that say how the schema stands.
    ///
    /// - Returns: Its version.
    private static func begin(_ database: any Database) async throws(StorageError) -> Int {
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                """
                CREATE TABLE IF NOT EXISTS schema_migrations (
                    version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL, applied_at BIGINT NOT NULL
                )
                """)
            _ = try await transaction.query(
                """
                CREATE TABLE IF NOT EXISTS schema_readers (
                    version BIGINT NOT NULL PRIMARY KEY, oldest BIGINT NOT NULL
                )
                """)
            return try await version(transaction)
        }
    }

    private static func apply(
        _ step: Migration, _ dialect: Dialect, _ transaction: any Queryable, _ at: Timestamp
    ) async throws(StorageError) {
        let before = try await version(transaction)
        for statement in step.statements(dialect) {
            _ = try await transaction.query(dialect.definition(statement))
        }
        let number = Int64(step.number)
        _ = try await transaction.query(
            "INSERT INTO schema_migrations (version, name, applied_at) VALUES ($1, $2, $3)",
            [.integer(number), .text(step.name), .integer(at.milliseconds)])
        // Who is shut out stays so.
        let oldest = max(try await oldestReader(of: before, transaction) ?? firstCareful, step.oldest ?? 0)
        _ = try await transaction.query(
            """
            INSERT INTO schema_readers (version, oldest) VALUES ($1, $2)
            ON CONFLICT (version) DO UPDATE SET oldest = excluded.oldest
            """, [.integer(number), .integer(Int64(oldest))])
    }

    /// Whether a program that knows `supported` may use a database of the newer schema `found`.
    ///
    /// - Parameter oldest: What the database says of that; nil where it says nothing.
    public static func admits(oldest: Int?, supported: Int = supportedVersion) -> Bool {
        oldest.map { $0 <= supported } ?? false
    }

    private static func admit(
        _ database: any Database, _ found: Int, _ supported: Int
    ) async throws(StorageError) {
        let oldest: Int?
        do {
            oldest = try await database.read { (transaction) async throws(StorageError) in
                try await oldestReader(of: found, transaction)
            }
        } catch {
            // Without the table it says nothing.
            guard case .statement = error else { throw error }
            oldest = nil
        }
        guard admits(oldest: oldest, supported: supported) else {
            throw .newerVersion(found: found, supported: supported)
        }
        Log.warning(
            "the store has the schema \(found) of a newer program; this one knows \(supported) and may use it meanwhile"
        )
    }

    /// All steps, in their order.
    public static var steps: [MigrationStep] {
        migrations.map { MigrationStep(number: $0.number, name: $0.name) }
    }

    /// The steps that a database lacks; none where a later program wrote it and this one may use it.
    ///
    /// - Throws: ``StorageError/newerVersion(found:supported:)`` where it may not.
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
        if found > supportedVersion { try await admit(database, found, supportedVersion) }
        return steps.filter { $0.number > found }
    }

    private static func version(_ transaction: any Queryable) async throws(StorageError) -> Int {
        guard var columns = try await transaction.first(versionQuery, [])?.columns else { return 0 }
        return Int(try columns.integer())
    }

    private static func oldestReader(
        of version: Int, _ transaction: any Queryable
    ) async throws(StorageError) -> Int? {
        var columns = try await transaction.first(oldestQuery, [.integer(Int64(version))])?.columns
        guard let oldest = try columns?.integer() else { return nil }
        return Int(oldest)
    }
}
