import Storage

/// Full-text search by `tsvector`.
///
/// PostgreSQL's own parser knows addresses and hyphens but neither emoji nor Chinese, so the words are ours, the same
/// ones as in the embedded store (see ``SearchWords``). A GIN index cannot be asked for one room's part of a word, so
/// each word carries its room: what is looked up is in this room, however many others use the word.
struct PostgresSearch: MessageSearch {
    /// Raised whenever the table or ``SearchWords`` change: the index is then made anew at start.
    ///
    /// A program of the version before goes on writing its own words into it: where newer ones do not find those, or
    /// the table is another one, the step of the schema that comes with it shuts older programs out.
    private static let version: Int64 = 1

    func apply(
        _ changes: [SearchChange], tenant: String, in transaction: any Queryable
    ) async throws(StorageError) {
        var fresh: [[DatabaseValue]] = []
        var changed: [[DatabaseValue]] = []
        var gone: [[DatabaseValue]] = []
        for change in PostgresSearch.merged(changes) {
            let place: [DatabaseValue] = [.text(tenant), .text(change.room), .integer(change.seq)]
            let vector = change.new.flatMap { text in
                change.words ?? words(of: text, tenant: tenant, room: change.room)
            }
            if let vector {
                if change.old == nil {
                    fresh.append(place + [.text(vector)])
                } else {
                    changed.append(place + [.text(vector)])
                }
            } else if change.old != nil {
                gone.append(place)
            }
        }
        try await transaction.execute(
            """
            INSERT INTO message_search (tenant_id, room_id, seq, words) VALUES ($1, $2, $3, $4)
            ON CONFLICT DO NOTHING
            """, fresh)
        try await transaction.execute(
            """
            INSERT INTO message_search (tenant_id, room_id, seq, words) VALUES ($1, $2, $3, $4)
            ON CONFLICT (tenant_id, room_id, seq) DO UPDATE SET words = excluded.words
            """, changed)
        try await transaction.execute(
            "DELETE FROM message_search WHERE tenant_id = $1 AND room_id = $2 AND seq = $3", gone)
    }

    func words(of text: String, tenant: String, room: String) -> String? {
        SearchWords(tenant: tenant, room: room).vector(text)
    }

    /// One change of each message: from what is indexed to what is to be.
    private static func merged(_ changes: [SearchChange]) -> [SearchChange] {
        struct Place: Hashable {
            let room: String
            let seq: Int64
        }
        var merged: [SearchChange] = []
        var indices: [Place: Int] = [:]
        for change in changes {
            let place = Place(room: change.room, seq: change.seq)
            if let index = indices[place] {
                merged[index].new = change.new
                merged[index].words = change.words
            } else {
                indices[place] = merged.count
                merged.append(change)
            }
        }
        return merged
    }

    func find(
        _ text: String, tenant: String, room: String, before: Int64?, limit: Int,
        in transaction: any Queryable
    ) async throws(StorageError) -> [Int64] {
        guard let query = SearchWords(tenant: tenant, room: room).query(text) else { return [] }
        let rows = try await transaction.query(
            """
            SELECT seq FROM message_search
            WHERE tenant_id = $1 AND room_id = $2 AND seq < $3 AND words @@ $4::tsquery
            ORDER BY seq DESC LIMIT $5
            """,
            [
                .text(tenant), .text(room), .integer(before ?? .max), .text(query), .integer(Int64(limit)),
            ])
        var seqs: [Int64] = []
        for row in rows {
            var columns = row.columns
            seqs.append(try columns.integer())
        }
        return seqs
    }

    // MARK: Setting up

    /// Makes the table that says of which version the index is.
    static func begin(_ transaction: any Queryable) async throws(StorageError) {
        _ = try await transaction.query(
            "CREATE TABLE IF NOT EXISTS search_version (version BIGINT NOT NULL)")
    }

    /// Makes the index where there is none, or one of an older version.
    static func prepare(_ transaction: any Queryable) async throws(StorageError) {
        var columns = try await transaction.first("SELECT version FROM search_version", [])?.columns
        if let found = try columns?.integer(), found >= version { return }
        for statement in schema { _ = try await transaction.query(statement) }
        try await PostgresSearch().indexAll(transaction)
        _ = try await transaction.query("DELETE FROM search_version")
        _ = try await transaction.query(
            "INSERT INTO search_version (version) VALUES ($1)", [.integer(version)])
    }

    private static let schema = [
        "DROP TABLE IF EXISTS message_search",
        """
        CREATE TABLE message_search (
            tenant_id TEXT COLLATE "C" NOT NULL, room_id TEXT COLLATE "C" NOT NULL, seq BIGINT NOT NULL,
            words tsvector NOT NULL,
            PRIMARY KEY (tenant_id, room_id, seq)
        ) WITH (autovacuum_vacuum_scale_factor = 0.02)
        """,
        "CREATE INDEX message_search_words ON message_search USING gin (words)",
    ]
}
