/// Copies everything from one store into another, empty one, and compares both afterwards.
///
/// Neither may be in use by a server. Search indexes are not copied: the target makes its own.
public struct StoreCopy: Sendable {
    /// How many rows a transaction carries.
    private static let page = 500
    /// Tables that begin with a row.
    private static let given = ["audit_floor", "progress_clock"]

    private let source: any Database
    private let target: any Database

    /// A copy of an embedded store into another database, both with the newest schema.
    public init(from source: any Database, into target: any Database) {
        self.source = source
        self.target = target
    }

    /// What was copied of a table.
    public struct Copied: Sendable, Hashable {
        /// The table.
        public let table: String
        /// How many rows it has, in both stores.
        public let rows: Int
    }

    /// Copies all tables, then reads both stores and compares them row by row.
    ///
    /// - Parameter report: Hears of each table that is copied and the same in both.
    /// - Throws: ``StorageError/conflict(_:)`` where the target has rows already; nothing is changed then.
    ///   ``StorageError/corrupt(_:)`` where a table is not the same afterwards.
    public func run(report: (Copied) -> Void) async throws(StorageError) {
        let tables = try await tables()
        let months = tables.compactMap { TickMonth(table: $0.name) }
        try await make(months)
        for table in tables where !StoreCopy.given.contains(table.name) {
            guard try await rows(of: table, in: target, after: nil, limit: 1).isEmpty else {
                throw try await refusal(of: tables)
            }
        }
        try await target.write { (transaction) async throws(StorageError) in
            // Their one row is the source's.
            for table in StoreCopy.given { _ = try await transaction.query("DELETE FROM \(table)") }
        }
        for table in tables { try await copy(table) }
        for table in tables {
            let (before, after) = (try await digest(table, source), try await digest(table, target))
            guard before == after else {
                throw .corrupt(
                    "\(table.name) has \(before.rows) rows in one and \(after.rows) in the other, or others")
            }
            report(Copied(table: table.name, rows: after.rows))
        }
    }

    /// Makes the tables that no migration makes.
    private func make(_ months: [TickMonth]) async throws(StorageError) {
        let dialect = target.dialect
        try await target.write { (transaction) async throws(StorageError) in
            for month in months { _ = try await transaction.query(month.creation(dialect)) }
        }
    }

    /// Why nothing is copied into a target that has rows: what whoever has asked for it should do.
    private func refusal(of tables: [Table]) async throws(StorageError) -> StorageError {
        for table in tables {
            let (here, there) = (try await digest(table, source), try await digest(table, target))
            guard here == there else {
                return .conflict(
                    "the target has a store already, and not this one: \(table.name) has \(here.rows) rows here and \(there.rows) there, or others. Where a server has run on it since an import, go on with it. Where an import was broken off, drop the database, make it anew and import again."
                )
            }
        }
        return .conflict(
            "the target has all of this store already, the same row by row: nothing is left to import. Start the server with store.postgres."
        )
    }

    // MARK: Tables

    private struct Table: Sendable {
        let name: String
        let columns: [String]
        /// The key's columns, which come first in `columns`.
        let keyCount: Int

        var list: String { columns.joined(separator: ", ") }
        var key: String { columns.prefix(keyCount).joined(separator: ", ") }
    }

    private func tables() async throws(StorageError) -> [Table] {
        try await source.read { (transaction) async throws(StorageError) in
            let names = try await transaction.query(
                """
                SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'
                    AND name NOT LIKE 'message_search%' AND name NOT IN ('search_rooms', 'search_version',
                    'schema_migrations', 'schema_readers') ORDER BY name
                """
            ).decode { (columns) throws(StorageError) in try columns.text() }
            var tables: [Table] = []
            for name in names {
                // Those of the key first, in its order.
                let rows = try await transaction.query(
                    "SELECT name, pk FROM pragma_table_info($1) ORDER BY pk = 0, pk, cid", [.text(name)])
                let columns = try rows.decode { (columns) throws(StorageError) in
                    (name: try columns.text(), place: try columns.integer())
                }
                tables.append(
                    Table(
                        name: name, columns: columns.map(\.name),
                        keyCount: columns.count { $0.place > 0 }))
            }
            return tables
        }
    }

    private func rows(
        of table: Table, in database: any Database, after key: [DatabaseValue]?, limit: Int
    ) async throws(StorageError) -> [Row] {
        var condition = ""
        if let key {
            let places = key.indices.map { "$\($0 + 2)" }.joined(separator: ", ")
            condition = "WHERE (\(table.key)) > (\(places)) "
        }
        let sql = "SELECT \(table.list) FROM \(table.name) \(condition)ORDER BY \(table.key) LIMIT $1"
        let parameters = [.integer(Int64(limit))] + (key ?? [])
        return try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(sql, parameters)
        }
    }

    private func copy(_ table: Table) async throws(StorageError) {
        let places = table.columns.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let sql = "INSERT INTO \(table.name) (\(table.list)) VALUES (\(places))"
        var key: [DatabaseValue]?
        while true {
            let rows = try await rows(of: table, in: source, after: key, limit: StoreCopy.page)
            guard let last = rows.last else { return }
            key = Array(last.values.prefix(table.keyCount))
            try await target.write { (transaction) async throws(StorageError) in
                _ = try await transaction.queries(sql, rows.map(\.values))
            }
        }
    }

    // MARK: Comparing

    private struct Digest: Hashable {
        var rows = 0
        // A sum, since stores may put keys with odd characters in different orders.
        var sum: UInt64 = 0
    }

    private func digest(_ table: Table, _ database: any Database) async throws(StorageError) -> Digest {
        var digest = Digest()
        var key: [DatabaseValue]?
        while true {
            let rows = try await rows(of: table, in: database, after: key, limit: StoreCopy.page)
            guard let last = rows.last else { return digest }
            key = Array(last.values.prefix(table.keyCount))
            digest.rows += rows.count
            for row in rows { digest.sum &+= StoreCopy.hash(row) }
        }
    }

    /// FNV-1a over a row's values with their types and lengths.
    private static func hash(_ row: Row) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ bytes: some Sequence<UInt8>) {
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        }
        for value in row.values {
            switch value {
            case .null: add([0])
            case .integer(let number): add("1\(number) ".utf8)
            case .text(let text): add("2\(text.utf8.count) \(text)".utf8)
            case .bytes(let bytes): add("3\(bytes.count) ".utf8 + bytes)
            }
        }
        return hash
    }
}
