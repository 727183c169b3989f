import Bytes

/// The lines of the ledger behind a number.
public struct LedgerStretch: Sendable {
    /// The lines, with the names of whose they are.
    public let lines: [(line: LedgerRecord, name: String)]
    /// Whether there may be more.
    public let isFull: Bool
    /// How many people were erased until now: whoever keeps sums reads them anew when it changes.
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

    /// Compares the sums with the ledger and makes them what it says.
    ///
    /// - Returns: How many sums were wrong.
    public func rebuild() async throws(StorageError) -> Int {
        let tenant = tenant
        return try await database.write { (transaction) async throws(StorageError) in
            var wanted: [String: (xp: Int64, since: Int64)] = [:]
            var totals: [String: Int64] = [:]
            var last: Int64 = 0
            while true {
                let rows = try await transaction.query(
                    """
                    SELECT seq, user_id, amount, room_id, at FROM xp_ledger
                    WHERE seq > $1 AND tenant_id = $2 ORDER BY seq LIMIT 10000
                    """, [.integer(last), .text(tenant)])
                for row in rows {
                    var columns = row.columns
                    last = try columns.integer()
                    let line = LedgerRecord(
                        user: try columns.text(), amount: try columns.integer(), reason: "", key: "",
                        room: try columns.optionalText(), at: try columns.time())
                    totals[line.user, default: 0] += line.amount
                    for board in line.boards {
                        wanted["\(board)\n\(line.user)", default: (0, 0)].xp += line.amount
                        wanted["\(board)\n\(line.user)", default: (0, 0)].since = last
                    }
                }
                if rows.count < 10_000 { break }
            }
            let tables = ProgressTables(transaction: transaction, tenant: tenant)
            return try await tables.mend(wanted, totals)
        }
    }
}

extension ProgressTables {
    /// Puts sums right.
    ///
    /// - Returns: How many were wrong.
    fileprivate func mend(
        _ wanted: [String: (xp: Int64, since: Int64)], _ totals: [String: Int64]
    ) async throws(StorageError) -> Int {
        var wrong = 0
        var found = try await transaction.query(
            "SELECT board, user_id, xp, since FROM xp_boards WHERE tenant_id = $1", [.text(tenant)]
        ).decode { (columns) throws(StorageError) in
            let key = "\(try columns.text())\n\(try columns.text())"
            return (key, (xp: try columns.integer(), since: try columns.integer()))
        }.reduce(into: [String: (xp: Int64, since: Int64)]()) { $0[$1.0] = $1.1 }
        for (key, sum) in wanted {
            let old = found.removeValue(forKey: key)
            guard old?.xp != sum.xp || old?.since != sum.since else { continue }
            wrong += 1
            found[key] = sum
        }
        for (key, _) in found {
            let parts = key.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            let place: [DatabaseValue] = [.text(tenant), .text(parts[0]), .text(parts[1])]
            _ = try await transaction.query(
                "DELETE FROM xp_boards WHERE tenant_id = $1 AND board = $2 AND user_id = $3", place)
            guard let sum = wanted[key] else {
                wrong += 1
                continue
            }
            _ = try await transaction.query(
                ProgressTables.addToBoard, place + [.integer(sum.xp), .integer(sum.since)])
        }
        let people = try await transaction.query(
            "SELECT user_id, xp FROM progress_people WHERE tenant_id = $1", [.text(tenant)]
        ).decode { (columns) throws(StorageError) in (try columns.text(), try columns.integer()) }
        for (user, xp) in people where xp != totals[user] ?? 0 {
            wrong += 1
            _ = try await transaction.query(
                "UPDATE progress_people SET xp = $3 WHERE tenant_id = $1 AND user_id = $2",
                [.text(tenant), .text(user), .integer(totals[user] ?? 0)])
        }
        return wrong
    }
}
