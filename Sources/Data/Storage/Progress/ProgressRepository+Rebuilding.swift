import Bytes

// The ledger is what counts; its sums can always be made anew.
extension ProgressRepository {
    private static let stretch: Int64 = 10_000

    /// Compares the sums with the ledger and makes them what it says; boards that are in memory are read anew.
    ///
    /// All in one transaction, so that no sum is ever half of one ledger and half of another: of a long ledger whoever
    /// writes waits meanwhile.
    /// - Parameter user: Whose sums; nil for everybody's.
    /// - Returns: How many sums were wrong.
    public func rebuild(of user: String? = nil) async throws(StorageError) -> Int {
        let tenant = tenant
        return try await database.write { (transaction) async throws(StorageError) in
            // First of all: from here on nobody else writes progress before this is done.
            _ = try await transaction.query(
                "UPDATE progress_clock SET version = version + 1, erasures = erasures + 1 WHERE name = 'clock'"
            )
            let sums = try await ProgressRepository.sums(of: user, tenant, transaction)
            return try await sums.mend(transaction, tenant, of: user)
        }
    }

    private static func sums(
        of user: String?, _ tenant: String, _ transaction: any Queryable
    ) async throws(StorageError) -> LedgerSums {
        var sums = LedgerSums()
        var last: Int64 = 0
        while true {
            let rows = try await transaction.query(
                """
                SELECT seq, user_id, amount, room_id, at FROM xp_ledger
                WHERE seq > $1 AND tenant_id = $2\(user == nil ? "" : " AND user_id = $4") ORDER BY seq LIMIT $3
                """, [.integer(last), .text(tenant), .integer(stretch)] + (user.map { [.text($0)] } ?? []))
            for row in rows {
                var columns = row.columns
                last = try columns.integer()
                var line = LedgerRecord(
                    user: try columns.text(), amount: try columns.integer(), reason: "", key: "",
                    room: try columns.optionalText(), at: try columns.time())
                line.seq = last
                sums.add(line)
            }
            if rows.count < stretch { return sums }
        }
    }
}

/// What the ledger comes to.
private struct LedgerSums {
    /// Somebody on a board.
    struct Place: Hashable {
        let board: String
        let user: String
    }

    /// How much, and since which line.
    struct Sum: Hashable {
        var experience: Int64 = 0
        var since: Int64 = 0
    }

    private var boards: [Place: Sum] = [:]
    private var totals: [String: Int64] = [:]

    mutating func add(_ line: LedgerRecord) {
        totals[line.user, default: 0] += line.amount
        for board in line.boards {
            let place = Place(board: board, user: line.user)
            boards[place, default: Sum()].experience += line.amount
            boards[place, default: Sum()].since = line.seq
        }
    }

    /// Puts what is kept right.
    ///
    /// - Returns: How many sums were wrong.
    func mend(
        _ transaction: any Queryable, _ tenant: String, of user: String?
    ) async throws(StorageError) -> Int {
        let narrowing = user == nil ? "" : " AND user_id = $2"
        let whose: [DatabaseValue] = [.text(tenant)] + (user.map { [.text($0)] } ?? [])
        let kept = try await transaction.query(
            "SELECT board, user_id, xp, since FROM xp_boards WHERE tenant_id = $1\(narrowing)", whose
        ).decode { (columns) throws(StorageError) in
            let place = Place(board: try columns.text(), user: try columns.text())
            return (place, Sum(experience: try columns.integer(), since: try columns.integer()))
        }
        let found = Dictionary(kept) { $1 }
        let wrong = Set(found.keys).union(boards.keys).filter { found[$0] != boards[$0] }
        for place in wrong {
            let key: [DatabaseValue] = [.text(tenant), .text(place.board), .text(place.user)]
            _ = try await transaction.query(
                "DELETE FROM xp_boards WHERE tenant_id = $1 AND board = $2 AND user_id = $3", key)
            guard let sum = boards[place] else { continue }
            _ = try await transaction.query(
                ProgressTables.addToBoard, key + [.integer(sum.experience), .integer(sum.since)])
        }
        let people = try await transaction.query(
            "SELECT user_id, xp FROM progress_people WHERE tenant_id = $1\(narrowing)", whose
        ).decode { (columns) throws(StorageError) in (try columns.text(), try columns.integer()) }
        let mistaken = people.filter { $0.1 != totals[$0.0] ?? 0 }
        for (user, _) in mistaken {
            _ = try await transaction.query(
                "UPDATE progress_people SET xp = $3 WHERE tenant_id = $1 AND user_id = $2",
                [.text(tenant), .text(user), .integer(totals[user] ?? 0)])
        }
        return wrong.count + mistaken.count
    }
}
