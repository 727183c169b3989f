import Storage

/// Full-text search by FTS5.
///
/// The index keeps no text of its own (the events table has it). A message's row id in it is its room's number and
/// its seq, so that a room is a range of row ids in the order of time: a search reads the newest matches of one
/// room and stops, however many other rooms there are.
struct SQLiteSearch: MessageSearch {
    /// Raised whenever tables or ``SearchText`` change: the index is then made anew at start.
    private static let version: Int64 = 1
    /// Leaves 23 bits for rooms; a room with 10^12 events is none of this world.
    private static let seqBits: Int64 = 40

    func apply(
        _ changes: [SearchChange], tenant: String, in transaction: any Queryable
    ) async throws(StorageError) {
        var numbers: [String: Int64] = [:]
        for change in changes where numbers[change.room] == nil {
            numbers[change.room] = try await number(tenant, change.room, transaction)
        }
        // In the order of row ids, since FTS5 writes out what it has gathered whenever one goes back.
        let ordered = changes.map { change in
            (row: (numbers[change.room] ?? 0) << SQLiteSearch.seqBits | change.seq, change: change)
        }.sorted { $0.row < $1.row }
        for (row, change) in ordered {
            if let old = change.old {
                _ = try await transaction.query(
                    "INSERT INTO message_search (message_search, rowid, text) VALUES ('delete', $1, $2)",
                    [.integer(row), .text(SearchText.indexed(old))])
            }
            if let new = change.new {
                _ = try await transaction.query(
                    "INSERT INTO message_search (rowid, text) VALUES ($1, $2)",
                    [.integer(row), .text(SearchText.indexed(new))])
            }
        }
    }

    func find(
        _ text: String, tenant: String, room: String, before: Int64?, limit: Int,
        in transaction: any Queryable
    ) async throws(StorageError) -> [Int64] {
        guard let words = SearchText.query(text),
            let number = try await existingNumber(tenant, room, transaction)
        else { return [] }
        let lowest = number << SQLiteSearch.seqBits
        let end = lowest | min(max(before ?? .max, 0), 1 << SQLiteSearch.seqBits - 1)
        let rows = try await transaction.query(
            """
            SELECT rowid FROM message_search WHERE message_search MATCH $1 AND rowid >= $2 AND rowid < $3
            ORDER BY rowid DESC LIMIT $4
            """, [.text(words), .integer(lowest), .integer(end), .integer(Int64(limit))])
        var seqs: [Int64] = []
        for row in rows {
            var columns = row.columns
            seqs.append(try columns.integer() - lowest)
        }
        return seqs
    }

    private func existingNumber(
        _ tenant: String, _ room: String, _ transaction: any Queryable
    ) async throws(StorageError) -> Int64? {
        var columns = try await transaction.first(
            "SELECT number FROM search_rooms WHERE tenant_id = $1 AND room_id = $2",
            [.text(tenant), .text(room)])?
            .columns
        return try columns?.integer()
    }

    private func number(
        _ tenant: String, _ room: String, _ transaction: any Queryable
    ) async throws(StorageError) -> Int64 {
        if let number = try await existingNumber(tenant, room, transaction) { return number }
        let row = try await transaction.first(
            "INSERT INTO search_rooms (tenant_id, room_id) VALUES ($1, $2) RETURNING number",
            [.text(tenant), .text(room)])
        guard var columns = row?.columns else { throw .corrupt("a room got no number") }
        return try columns.integer()
    }

    // MARK: Setting up

    /// Makes the index where there is none, or one of another version.
    static func prepare(_ transaction: any Queryable) async throws(StorageError) {
        _ = try await transaction.query(
            "CREATE TABLE IF NOT EXISTS search_version (version INTEGER NOT NULL)")
        var columns = try await transaction.first("SELECT version FROM search_version", [])?.columns
        if try columns?.integer() == version { return }
        for statement in schema { _ = try await transaction.query(statement) }
        try await SQLiteSearch().indexAll(transaction)
        _ = try await transaction.query("DELETE FROM search_version")
        _ = try await transaction.query("INSERT INTO search_version VALUES ($1)", [.integer(version)])
    }

    // Symbols (So) count as words beside letters and digits, so that emoji are found. Prefixes of two characters
    // have lists of their own: theirs would else be merged from those of a thousand words.
    private static let schema = [
        "DROP TABLE IF EXISTS message_search",
        "DROP TABLE IF EXISTS search_rooms",
        """
        CREATE TABLE search_rooms (
            number INTEGER PRIMARY KEY, tenant_id TEXT NOT NULL, room_id TEXT NOT NULL, UNIQUE (tenant_id, room_id)
        )
        """,
        """
        CREATE VIRTUAL TABLE message_search USING fts5(
            text, content = '', columnsize = 0, prefix = '2',
            tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co So'"
        )
        """,
    ]
}
