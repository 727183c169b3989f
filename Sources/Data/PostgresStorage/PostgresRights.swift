public import Storage
import StoreWorkers

/// What a role has to be allowed: it makes the schema's tables, brings them up to date, and owns them.
enum PostgresRights {
    /// Some of our tables; who may use these may use the others.
    private static let tables = ["commits", "events", "rooms", "schema_migrations", "schema_readers"]

    /// What the connection's role lacks, each in words.
    static func missing(_ connection: PostgresConnection) throws(StorageError) -> [String] {
        let rows = try connection.run(
            """
            SELECT current_user, COALESCE(current_schema(), ''), current_setting('search_path'),
                COALESCE(has_schema_privilege(current_schema(), 'CREATE'), false)::int
            """)
        guard var columns = rows.first?.first?.columns else { return [] }
        let (role, schema) = (try columns.text(), try columns.text())
        let path = try columns.text()
        guard !schema.isEmpty else {
            return [
                "its role \(role) may use no schema of the search path (\(path)): GRANT USAGE, CREATE ON SCHEMA … TO \(role)"
            ]
        }
        var lacks: [String] = []
        if try !columns.bool() {
            lacks.append(
                "its role \(role) may make no tables in the schema \(schema): GRANT CREATE ON SCHEMA \(schema) TO \(role), or let it own the database"
            )
        }
        return lacks + (try foreignTables(connection, role))
    }

    /// Tables of ours that belong to a role whose member this one is not.
    private static func foreignTables(
        _ connection: PostgresConnection, _ role: String
    ) throws(StorageError) -> [String] {
        let names = tables.map { "'\($0)'" }.joined(separator: ", ")
        let rows = try connection.run(
            """
            SELECT relname, pg_get_userbyid(relowner), concat_ws(', ',
                CASE WHEN NOT has_table_privilege(oid, 'SELECT') THEN 'SELECT' END,
                CASE WHEN NOT has_table_privilege(oid, 'INSERT') THEN 'INSERT' END,
                CASE WHEN NOT has_table_privilege(oid, 'UPDATE') THEN 'UPDATE' END,
                CASE WHEN NOT has_table_privilege(oid, 'DELETE') THEN 'DELETE' END)
            FROM pg_class WHERE relnamespace = to_regnamespace(quote_ident(current_schema()))
                AND relkind IN ('r', 'p') AND relname IN (\(names)) AND NOT pg_has_role(relowner, 'USAGE')
            ORDER BY relname
            """)
        var lacks: [String] = []
        for row in rows.first ?? [] {
            var columns = row.columns
            let (table, owner, rights) = (try columns.text(), try columns.text(), try columns.text())
            let lack =
                rights.isEmpty
                ? "may not bring it up to date" : "lacks \(rights) on it and may not bring it up to date"
            lacks.append(
                "the table \(table) belongs to \(owner), and its role \(role) \(lack): REASSIGN OWNED BY \(owner) TO \(role), or GRANT \(owner) TO \(role)"
            )
        }
        return lacks
    }
}

extension PostgresDatabase {
    /// What the role of a connection lacks to be a server's, each in words.
    public static func missingRights(_ options: PostgresOptions) async throws(StorageError) -> [String] {
        try await look(options) { (connection) throws(StorageError) in try PostgresRights.missing(connection)
        }
    }

    /// How many other connections of ours the database has: of servers, and of commands that run.
    public static func otherConnections(_ options: PostgresOptions) async throws(StorageError) -> Int {
        try await look(options) { (connection) throws(StorageError) in
            let rows = try connection.run(
                """
                SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
                    AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()
                """)
            var columns = rows.first?.first?.columns
            return Int(try columns?.integer() ?? 0)
        }
    }

    private static func look<R: Sendable>(
        _ options: PostgresOptions, _ body: @escaping @Sendable (PostgresConnection) throws(StorageError) -> R
    ) async throws(StorageError) -> R {
        let (target, patience) = (try PostgresTarget(options.connection), options.readPatience)
        return try await WorkerThread.run(name: "postgres-look") { () throws(StorageError) in
            try body(PostgresConnection(target, patience: patience, within: patience))
        }
    }
}
