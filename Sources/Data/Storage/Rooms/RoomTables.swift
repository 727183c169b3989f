import Bytes

/// The statements about rooms and their people, inside a transaction that somebody else opened.
struct RoomTables {
    let transaction: any Queryable
    let tenant: String

    private static let selectRoom = "SELECT \(RoomRecord.columns) FROM rooms WHERE tenant_id = $1 AND id = $2"

    func room(_ id: String) async throws(StorageError) -> RoomRecord? {
        guard
            var columns = try await transaction.first(RoomTables.selectRoom, [.text(tenant), .text(id)])?
                .columns
        else { return nil }
        return try RoomRecord(&columns)
    }

    /// Throws unless there is such a room.
    func requireRoom(_ id: String) async throws(StorageError) {
        let found = try await transaction.first(
            "SELECT 1 FROM rooms WHERE tenant_id = $1 AND id = $2", [.text(tenant), .text(id)])
        if found == nil { throw .notFound("no such room") }
    }

    /// Writes a new room and gives it an epoch.
    func insert(_ room: RoomRecord) async throws(StorageError) -> RoomRecord {
        var room = room
        room.tenant = tenant
        room.epoch = RoomRecord.newEpoch()
        room.seq = 0
        room.floor = 1
        _ = try await transaction.query(
            """
            INSERT INTO rooms (tenant_id, id, name, description, type, access_token_mint, access_token_min_amount,
                access_nft_collection, max_participants, locked, slow_mode_ms, active, retention_days, updated_at,
                search_key, read_receipts, gate, receipts, announce_achievements, creator_id, epoch, seq, floor,
                key_floor, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, 0, 1,
                1, $22)
            """,
            [.text(tenant), .text(room.id)] + room.changeable
                + [.text(room.creatorID), .text(room.epoch), .integer(room.createdAt.milliseconds)])
        return room
    }

    func update(_ room: RoomRecord) async throws(StorageError) {
        _ = try await transaction.query(
            """
            UPDATE rooms SET name = $3, description = $4, type = $5, access_token_mint = $6,
                access_token_min_amount = $7, access_nft_collection = $8, max_participants = $9, locked = $10,
                slow_mode_ms = $11, active = $12, retention_days = $13, updated_at = $14, search_key = $15,
                read_receipts = $16, gate = $17, receipts = $18, announce_achievements = $19
            WHERE tenant_id = $1 AND id = $2
            """, [.text(tenant), .text(room.id)] + room.changeable)
    }

    func list(
        _ words: [String], _ start: Cursor, _ limit: Int, _ user: String, archived: Bool, _ now: Timestamp
    ) async throws(StorageError) -> [RoomRecord] {
        // One text per number of words, so that few statements are kept prepared.
        let conditions = words.indices.map { " AND search_key LIKE $\($0 + 7) ESCAPE '!'" }.joined()
        let rows = try await transaction.query(
            """
            SELECT \(RoomRecord.columns) FROM rooms
            WHERE tenant_id = $1 AND (created_at, id) < ($2, $3)\(archived ? "" : " AND active = 1") AND (
                type <> 'private' OR $5 = ''
                OR EXISTS (SELECT 1 FROM members WHERE members.tenant_id = $1 AND room_id = rooms.id AND user_id = $5)
                OR EXISTS (SELECT 1 FROM invited WHERE invited.tenant_id = $1 AND room_id = rooms.id AND user_id = $5
                    AND (expires_at IS NULL OR expires_at > $6))
            )\(conditions)
            ORDER BY created_at DESC, id DESC LIMIT $4
            """,
            [
                .text(tenant), .integer(start.number), .text(start.text), .integer(Int64(limit)), .text(user),
                .integer(now.milliseconds),
            ] + words.map { .text(RoomTables.pattern($0)) })
        return try rows.decode(RoomRecord.init)
    }

    private static func pattern(_ word: String) -> String {
        var pattern = "%"
        for character in word.unicodeScalars {
            if character == "%" || character == "_" || character == "!" { pattern += "!" }
            pattern.unicodeScalars.append(character)
        }
        return pattern + "%"
    }

    private static let selectStanding = """
        SELECT \(RoomRecord.columns(of: "r")), m.name, m.rank, m.joined_at, m.last_seen_at,
            b.banned_by, b.reason, b.at, b.until,
            (SELECT seq FROM read_markers WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3),
            (SELECT 1 FROM invited WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3
                AND (expires_at IS NULL OR expires_at > $4))
        FROM rooms AS r
        LEFT JOIN members AS m ON m.tenant_id = $1 AND m.room_id = $2 AND m.user_id = $3
        LEFT JOIN bans AS b ON b.tenant_id = $1 AND b.room_id = $2 AND b.user_id = $3
            AND (b.until IS NULL OR b.until > $4)
        WHERE r.tenant_id = $1 AND r.id = $2
        """

    /// A room and how a person stands to it; unread not counted yet.
    func standing(
        _ room: String, _ user: String, _ now: Timestamp
    ) async throws(StorageError) -> JoinView? {
        let row = try await transaction.first(
            RoomTables.selectStanding,
            [.text(tenant), .text(room), .text(user), .integer(now.milliseconds)])
        guard var columns = row?.columns else { return nil }
        let record = try RoomRecord(&columns)
        let member = try MemberRecord(room: room, user: user, optional: &columns)
        var ban = try BanRecord(room: room, user: user, optional: &columns)
        if ban == nil { ban = try await walletBan(room, user, now) }
        let readSeq = try columns.optionalInteger() ?? 0
        return JoinView(
            room: record, member: member, ban: ban, isInvited: try columns.optionalInteger() != nil,
            unread: Unread(readSeq: readSeq, unread: 0, mentions: 0), history: nil, missed: [], gap: nil)
    }
}
