import Bytes

/// The lines of the ledger behind a number.
public struct LedgerStretch: Sendable {
    /// The lines, with the names of whose they are.
    public let lines: [(line: LedgerRecord, name: String)]
    /// Whether there may be more.
    public let isFull: Bool
    /// How often sums changed beside the ledger, as when somebody was erased: whoever keeps sums reads them anew then.
    public let erasures: Int64
}

// The ledger of experience and its sums.
extension ProgressRepository {
    /// All who are on a board, and the ledger's number at that moment.
    public func board(_ board: String) async throws(StorageError) -> (entries: [BoardRecord], ledger: Int64) {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            let entries = try await transaction.query(
                """
                SELECT b.user_id, COALESCE(p.name, ''), b.xp, b.since FROM xp_boards b
                LEFT JOIN progress_people p ON p.tenant_id = b.tenant_id AND p.user_id = b.user_id
                WHERE b.tenant_id = $1 AND b.board = $2
                """, [.text(tenant), .text(board)]
            ).decode { (columns) throws(StorageError) in
                BoardRecord(
                    user: try columns.text(), name: try columns.text(), experience: try columns.integer(),
                    since: try columns.integer())
            }
            let row = try await transaction.first(
                "SELECT ledger FROM progress_clock WHERE name = 'clock'", [])
            var columns = row?.columns
            return (entries, try columns?.integer() ?? 0)
        }
    }

    /// The ledger's lines behind a number, in their order.
    public func ledger(after seq: Int64, limit: Int) async throws(StorageError) -> LedgerStretch {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            let lines = try await transaction.query(
                """
                SELECT l.seq, l.user_id, l.amount, l.reason, l.key, l.room_id, l.at, COALESCE(p.name, '')
                FROM xp_ledger l
                LEFT JOIN progress_people p ON p.tenant_id = l.tenant_id AND p.user_id = l.user_id
                WHERE l.seq > $1 AND l.tenant_id = $2 ORDER BY l.seq LIMIT $3
                """, [.integer(seq), .text(tenant), .integer(Int64(limit))]
            ).decode { (columns) throws(StorageError) -> (line: LedgerRecord, name: String) in
                let seq = try columns.integer()
                var line = LedgerRecord(
                    user: try columns.text(), amount: try columns.integer(), reason: try columns.text(),
                    key: try columns.text(), room: try columns.optionalText(), at: try columns.time())
                line.seq = seq
                return (line, try columns.text())
            }
            let row = try await transaction.first(
                "SELECT erasures FROM progress_clock WHERE name = 'clock'", [])
            var columns = row?.columns
            return LedgerStretch(
                lines: lines, isFull: lines.count == limit, erasures: try columns?.integer() ?? 0)
        }
    }
}
