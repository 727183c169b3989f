import Storage

/// The driver's own tables, beside those of the migrations.
enum PostgresSchema {
    /// Makes what every write needs.
    static func begin(_ connection: PostgresConnection) throws(StorageError) {
        try connection.send("BEGIN")
        // Of two processes that come at once the second finds it made.
        try connection.send("SELECT pg_advisory_xact_lock(7364, hashtext(current_schema()))")
        try connection.send(
            """
            CREATE TABLE IF NOT EXISTS commits (
                token TEXT COLLATE "C" NOT NULL PRIMARY KEY, at BIGINT NOT NULL
            )
            """)
        try connection.commit()
    }
}
