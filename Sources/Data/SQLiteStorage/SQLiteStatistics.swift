import Storage

/// What SQLite's planner is told about the tables: the shape of a big server, the same for everybody.
///
/// Gathered figures (`ANALYZE`) would make plans depend on when they were gathered; none at all make the planner
/// think that a room has ten events, and read all of them.
enum SQLiteStatistics {
    // For each index how many rows there are, then how many share one value of its first column, of its first two …
    private static let rows = [
        ("events", "events", "1000000 1000000 10000 1"),
        ("events", "events_messages", "500000 500000 5000 5000 1 1 1"),
        ("events", "events_pinned", "1000 1000 10 10 1"),
        ("events", "events_by_message", "600000 600000 2 1 1 1"),
        ("events", "events_threads", "100000 100000 1000 10 1"),
        ("members", "members", "100000 100000 1000 1"),
        ("members", "members_by_rank", "100000 100000 1000 500 1"),
        ("members", "members_by_name", "100000 100000 1000 2 1"),
        ("members", "members_by_user", "100000 100000 10 2 1"),
    ]

    /// Writes the figures; connections that read the schema later know them.
    static func store(_ connection: SQLiteConnection) throws(StorageError) {
        // Makes the table where there is none.
        try connection.execute("ANALYZE sqlite_schema")
        try connection.execute("DELETE FROM sqlite_stat1")
        for (table, index, figures) in rows {
            try connection.run(
                "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)",
                [.text(table), .text(index), .text(figures)])
        }
    }
}
