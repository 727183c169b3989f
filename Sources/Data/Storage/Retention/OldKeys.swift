import Bytes

/// The keys of idempotency of a room's old messages.
///
/// They are found through their messages, from where the last look stopped: an index of keys by age would be one more
/// page to write for every message.
struct OldKeys {
    let transaction: any Queryable
    let tenant: String
    let room: String

    /// Deletes the keys of messages before `cutoff`.
    ///
    /// - Returns: How many messages were looked at; `limit` where there may be more.
    func forget(before cutoff: Timestamp, limit: Int) async throws(StorageError) -> Int {
        let place: [DatabaseValue] = [.text(tenant), .text(room)]
        let rows = try await transaction.query(
            """
            SELECT seq, at, actor_id, client_id FROM events
            WHERE tenant_id = $1 AND room_id = $2 AND kind = 0
                AND seq >= (SELECT key_floor FROM rooms WHERE tenant_id = $1 AND id = $2)
            ORDER BY seq LIMIT $3
            """, place + [.integer(Int64(limit))])
        var keys: [[DatabaseValue]] = []
        var last: Int64?
        var count = 0
        for row in rows {
            var columns = row.columns
            let seq = try columns.integer()
            if try columns.time() >= cutoff { break }
            count += 1
            last = seq
            let author = try columns.text()
            if let key = try columns.optionalText() { keys.append(place + [.text(author), .text(key)]) }
        }
        guard let last else { return 0 }
        try await OldKeys.delete(keys, transaction)
        _ = try await transaction.query(
            "UPDATE rooms SET key_floor = $3 WHERE tenant_id = $1 AND id = $2", place + [.integer(last + 1)])
        return count
    }

    /// - Parameter keys: Tenant, room, author and client id of each.
    static func delete(_ keys: [[DatabaseValue]], _ transaction: any Queryable) async throws(StorageError) {
        _ = try await transaction.queries(
            """
            DELETE FROM message_keys
            WHERE tenant_id = $1 AND room_id = $2 AND author_id = $3 AND client_id = $4
            """, keys)
    }
}
