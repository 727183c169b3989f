public import Bytes

/// Writes progress inside a transaction that somebody else opened.
struct ProgressTables {
    let transaction: any Queryable
    let tenant: String

    /// - Parameter ledger: The number of the ledger's last line.
    func write(_ change: ProgressChange, after ledger: Int64) async throws(StorageError) {
        try await writeSources(change)
        try await writePeople(change)
        try await writeEarned(change)
        try await append(change.lines, after: ledger)
    }

    private func writeSources(_ change: ProgressChange) async throws(StorageError) {
        try await run(
            """
            INSERT INTO progress_positions (tenant_id, room_id, seq) VALUES ($1, $2, $3)
            ON CONFLICT (tenant_id, room_id) DO UPDATE SET seq = EXCLUDED.seq
            """, change.positions.map { [.text($0.key), .integer($0.value)] })
        try await run(
            """
            INSERT INTO progress_events (tenant_id, id, user_id, kind, room_id, at, data)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            change.events.map { event in
                [
                    .text(event.id), .text(event.user), .text(event.kind), .optional(event.room),
                    .integer(event.at.milliseconds), .text(event.data),
                ]
            })
    }

    private func writePeople(_ change: ProgressChange) async throws(StorageError) {
        try await run(
            """
            INSERT INTO progress_people (tenant_id, user_id, name, xp, streak_days, streak_at, streak_day)
            VALUES ($1, $2, $3, 0, $4, $5, $6)
            ON CONFLICT (tenant_id, user_id) DO UPDATE SET name = EXCLUDED.name,
                streak_days = EXCLUDED.streak_days, streak_at = EXCLUDED.streak_at,
                streak_day = EXCLUDED.streak_day
            """,
            change.people.map { person in
                [
                    .text(person.user), .text(person.name), .integer(person.streakDays),
                    .optional(person.streakAt?.milliseconds), .integer(person.streakDay),
                ]
            })
        try await run(
            """
            INSERT INTO progress_parts (tenant_id, user_id, achievement_id, version, state)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, user_id, achievement_id) DO UPDATE SET version = EXCLUDED.version,
                state = EXCLUDED.state
            """,
            change.parts.map { user, part in
                [.text(user), .text(part.achievement), .integer(part.version), .text(part.state)]
            })
    }

    private func writeEarned(_ change: ProgressChange) async throws(StorageError) {
        try await run(
            """
            INSERT INTO earned_achievements (tenant_id, user_id, achievement_id, version, at, xp, room_id)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            change.earned.map { user, record in
                [
                    .text(user), .text(record.achievement), .integer(record.version),
                    .integer(record.at.milliseconds), .integer(record.experience), .optional(record.room),
                ]
            })
        // What is earned needs no progress any more.
        try await run(
            "DELETE FROM progress_parts WHERE tenant_id = $1 AND user_id = $2 AND achievement_id = $3",
            change.earned.map { [.text($0.user), .text($0.record.achievement)] })
    }

    /// Appends to the ledger, and to its sums.
    private func append(_ lines: [LedgerRecord], after ledger: Int64) async throws(StorageError) {
        var (rows, totals, boards): ([[DatabaseValue]], [[DatabaseValue]], [[DatabaseValue]]) = ([], [], [])
        for (index, line) in lines.enumerated() {
            let seq = ledger + Int64(index) + 1
            rows.append([
                .text(line.user), .integer(line.amount), .text(line.reason), .text(line.key),
                .optional(line.room), .integer(line.at.milliseconds), .integer(seq),
            ])
            totals.append([.text(line.user), .integer(line.amount)])
            for board in line.boards {
                boards.append([.text(board), .text(line.user), .integer(line.amount), .integer(seq)])
            }
        }
        try await run(
            """
            INSERT INTO xp_ledger (tenant_id, user_id, amount, reason, key, room_id, at, seq)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """, rows)
        try await run(
            "UPDATE progress_people SET xp = xp + $3 WHERE tenant_id = $1 AND user_id = $2", totals)
        try await run(ProgressTables.addToBoard, boards)
    }

    static let addToBoard = """
        INSERT INTO xp_boards (tenant_id, board, user_id, xp, since) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (tenant_id, board, user_id) DO UPDATE SET xp = xp_boards.xp + EXCLUDED.xp,
            since = EXCLUDED.since
        """

    private func run(_ sql: String, _ runs: [[DatabaseValue]]) async throws(StorageError) {
        guard !runs.isEmpty else { return }
        _ = try await transaction.queries(sql, runs.map { [.text(tenant)] + $0 })
    }
}

extension LedgerRecord {
    /// The boards on which it counts: all time, its month by UTC, its room.
    public var boards: [String] {
        ["", LedgerRecord.month(of: at)] + (room.map { ["room:" + $0] } ?? [])
    }

    /// The board of a moment's month, as `2026-11`.
    public static func month(of moment: Timestamp) -> String {
        let date = CivilDate(daysSince1970: moment.milliseconds.floorDivided(by: 86_400_000))
        return "\(date.year)-\(date.month < 10 ? "0" : "")\(date.month)"
    }
}
