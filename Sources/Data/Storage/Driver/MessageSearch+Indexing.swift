extension MessageSearch {
    /// Puts every message into an index that is empty, inside a transaction.
    package func indexAll(_ transaction: any Queryable) async throws(StorageError) {
        var last = (tenant: "", room: "", seq: Int64(0))
        while true {
            let rows = try await transaction.query(
                """
                SELECT tenant_id, room_id, seq, content FROM events
                WHERE (tenant_id, room_id, seq) > ($1, $2, $3) AND kind = 0 AND deleted = 0
                ORDER BY tenant_id, room_id, seq LIMIT 500
                """, [.text(last.tenant), .text(last.room), .integer(last.seq)])
            if rows.isEmpty { return }
            var changes: [String: [SearchChange]] = [:]
            for row in rows {
                var columns = row.columns
                last = (try columns.text(), try columns.text(), try columns.integer())
                let change = SearchChange(room: last.room, seq: last.seq, old: nil, new: try columns.text())
                changes[last.tenant, default: []].append(change)
            }
            for (tenant, changes) in changes { try await apply(changes, tenant: tenant, in: transaction) }
        }
    }
}
