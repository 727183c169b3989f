public import Bytes

extension RoomRepository {
    // MARK: Bans

    /// Bans a person, or replaces the ban that they have. Their membership is left alone: see ``remove(_:user:)``.
    ///
    /// - Parameter role: Of who bans: a ban in force by somebody of a higher one stays as it is.
    /// - Returns: Whether it is done.
    /// - Throws: ``StorageError/notFound(_:)`` without such a room.
    @discardableResult
    public func ban(_ ban: BanRecord, as role: Role = .owner) async throws(StorageError) -> Bool {
        try await write { (tables) async throws(StorageError) in
            try await tables.requireRoom(ban.room)
            // Judged by an earlier reading: who has risen meanwhile is not banned from below.
            let rank = try await tables.member(ban.room, ban.user)?.role.rank
            guard rank.map({ $0 > role.rank }) ?? true else { return false }
            let row = try await tables.transaction.first(
                """
                INSERT INTO bans (tenant_id, room_id, user_id, banned_by, reason, at, until, rank)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                ON CONFLICT (tenant_id, room_id, user_id) DO UPDATE SET banned_by = excluded.banned_by,
                    reason = excluded.reason, at = excluded.at, until = excluded.until, rank = excluded.rank
                WHERE bans.rank >= excluded.rank OR bans.until <= excluded.at
                RETURNING at
                """,
                [
                    .text(tables.tenant), .text(ban.room), .text(ban.user), .text(ban.by),
                    .optional(ban.reason),
                    .integer(ban.at.milliseconds), .optional(ban.until?.milliseconds),
                    .integer(role.rank),
                ])
            return row != nil
        }
    }

    /// Lifts a ban.
    ///
    /// - Parameter role: Of who lifts it: a ban by somebody of a higher one stays.
    /// - Returns: Whether there was one that could be lifted.
    public func unban(
        _ room: String, user: String, as role: Role = .owner
    ) async throws(StorageError) -> Bool {
        try await write { (tables) async throws(StorageError) in
            try await tables.transaction.first(
                """
                DELETE FROM bans WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3 AND rank >= $4 RETURNING at
                """, [.text(tables.tenant), .text(room), .text(user), .integer(role.rank)]) != nil
        }
    }

    /// The ban that holds for a person at a moment.
    public func activeBan(
        _ room: String, user: String, now: Timestamp = .now()
    ) async throws(StorageError) -> BanRecord? {
        try await read { (tables) async throws(StorageError) in
            let row = try await tables.transaction.first(
                """
                SELECT banned_by, reason, at, until FROM bans WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3
                    AND (until IS NULL OR until > $4)
                """, [.text(tables.tenant), .text(room), .text(user), .integer(now.milliseconds)])
            guard var columns = row?.columns else { return nil }
            return try BanRecord(room: room, user: user, optional: &columns)
        }
    }

    /// A room's bans, expired ones left out, by user id.
    public func bans(
        _ room: String, cursor: String? = nil, limit: Int, now: Timestamp = .now()
    ) async throws(StorageError) -> Page<BanRecord> {
        let limit = limit.asPageLimit
        return try await read { (tables) async throws(StorageError) in
            let rows = try await tables.transaction.query(
                """
                SELECT user_id, banned_by, reason, at, until FROM bans
                WHERE tenant_id = $1 AND room_id = $2 AND user_id > $3 AND (until IS NULL OR until > $4)
                ORDER BY user_id LIMIT $5
                """,
                [
                    .text(tables.tenant), .text(room), .text(cursor ?? ""), .integer(now.milliseconds),
                    .integer(Int64(limit) + 1),
                ])
            let bans = try rows.decode { (columns) throws(StorageError) in
                BanRecord(
                    room: room, user: try columns.text(), by: try columns.text(),
                    reason: try columns.optionalText(), at: try columns.time(),
                    until: try columns.optionalTime())
            }
            return Page(bans, limit: limit) { $0.user }
        }
    }

    // MARK: Reports

    /// Notes a report of a message; the same person reporting the same message again replaces the first.
    ///
    /// - Throws: ``StorageError/notFound(_:)`` without such a room.
    public func report(_ report: ReportRecord) async throws(StorageError) {
        try await write { (tables) async throws(StorageError) in
            try await tables.requireRoom(report.room)
            _ = try await tables.transaction.query(
                """
                INSERT INTO reports (tenant_id, room_id, message_id, reporter_id, id, reason, at)
                VALUES ($1, $2, $3, $4, $5, $6, $7)
                ON CONFLICT (tenant_id, room_id, message_id, reporter_id) DO UPDATE SET
                    id = excluded.id, reason = excluded.reason, at = excluded.at
                """,
                [
                    .text(tables.tenant), .text(report.room), .text(report.messageID), .text(report.by),
                    .text(report.id), .optional(report.reason), .integer(report.at.milliseconds),
                ])
        }
    }

    /// A room's reports, the newest first.
    public func reports(
        _ room: String, cursor: String? = nil, limit: Int
    ) async throws(StorageError) -> Page<ReportRecord> {
        let limit = limit.asPageLimit
        return try await read { (tables) async throws(StorageError) in
            let rows = try await tables.transaction.query(
                """
                SELECT id, message_id, reporter_id, reason, at FROM reports
                WHERE tenant_id = $1 AND room_id = $2 AND id < $3 ORDER BY id DESC LIMIT $4
                """, [.text(tables.tenant), .text(room), .text(cursor ?? "~"), .integer(Int64(limit) + 1)])
            let reports = try rows.decode { (columns) throws(StorageError) in
                ReportRecord(
                    id: try columns.text(), room: room, messageID: try columns.text(), by: try columns.text(),
                    reason: try columns.optionalText(), at: try columns.time())
            }
            return Page(reports, limit: limit) { $0.id }
        }
    }

    // MARK: Hidden people

    /// Hides a person's messages from `user`, in every room of the tenant.
    public func hide(_ hidden: String, from user: String) async throws(StorageError) {
        try await write { (tables) async throws(StorageError) in
            _ = try await tables.transaction.query(
                """
                INSERT INTO hidden_people (tenant_id, user_id, hidden_id) VALUES ($1, $2, $3)
                ON CONFLICT DO NOTHING
                """, [.text(tables.tenant), .text(user), .text(hidden)])
        }
    }

    /// Shows them again.
    ///
    /// - Returns: Whether they were hidden.
    public func unhide(_ hidden: String, from user: String) async throws(StorageError) -> Bool {
        try await write { (tables) async throws(StorageError) in
            try await tables.transaction.first(
                """
                DELETE FROM hidden_people WHERE tenant_id = $1 AND user_id = $2 AND hidden_id = $3
                RETURNING hidden_id
                """, [.text(tables.tenant), .text(user), .text(hidden)]) != nil
        }
    }

    /// Whom `user` does not want to see, by user id, at most 1,000.
    public func hidden(from user: String) async throws(StorageError) -> [String] {
        try await read { (tables) async throws(StorageError) in
            try await tables.transaction.query(
                """
                SELECT hidden_id FROM hidden_people WHERE tenant_id = $1 AND user_id = $2
                ORDER BY hidden_id LIMIT 1000
                """, [.text(tables.tenant), .text(user)]
            ).decode { (columns) throws(StorageError) in try columns.text() }
        }
    }
}
