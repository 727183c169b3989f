import Bytes

extension RoomTables {
    /// Makes a person a member, or notes that a member is here again.
    func enrol(
        _ enrolment: Enrolment, _ at: Timestamp
    ) async throws(StorageError) -> (member: MemberRecord, isNew: Bool) {
        if var member = try await member(enrolment.room, enrolment.user) {
            member.name = enrolment.name
            member.lastSeenAt = max(member.lastSeenAt, at)
            try await refresh(member)
            return (member, false)
        }
        try await requireRoom(enrolment.room)
        // A join was judged by an earlier reading.
        guard try await !isBanned(enrolment.room, enrolment.user, at),
            try await walletBan(enrolment.room, enrolment.user, at) == nil
        else {
            throw .conflict("This person is banned from the room.")
        }
        let member = MemberRecord(
            room: enrolment.room, user: enrolment.user, name: enrolment.name,
            role: enrolment.role == .owner ? .moderator : enrolment.role, joinedAt: at, lastSeenAt: at)
        try await insert(member)
        return (member, true)
    }

    private func isBanned(_ room: String, _ user: String, _ now: Timestamp) async throws(StorageError) -> Bool
    {
        try await transaction.first(
            """
            SELECT at FROM bans WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3
                AND (until IS NULL OR until > $4)
            """, [.text(tenant), .text(room), .text(user), .integer(now.milliseconds)]) != nil
    }

    func member(_ room: String, _ user: String) async throws(StorageError) -> MemberRecord? {
        let row = try await transaction.first(
            """
            SELECT \(MemberRecord.columns) FROM members
            WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3
            """, [.text(tenant), .text(room), .text(user)])
        guard var columns = row?.columns else { return nil }
        return try MemberRecord(&columns)
    }

    func insert(_ member: MemberRecord) async throws(StorageError) {
        _ = try await transaction.query(
            """
            INSERT INTO members (tenant_id, room_id, user_id, name, name_key, rank, joined_at, last_seen_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            [
                .text(tenant), .text(member.room), .text(member.user), .text(member.name),
                .text(member.name.lowercased()), .integer(member.role.rank),
                .integer(member.joinedAt.milliseconds), .integer(member.lastSeenAt.milliseconds),
            ])
    }

    /// Notes that a member is here again.
    func refresh(_ member: MemberRecord) async throws(StorageError) {
        _ = try await transaction.query(
            """
            UPDATE members SET name = $4, name_key = $5, last_seen_at = $6
            WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3
            """,
            [
                .text(tenant), .text(member.room), .text(member.user), .text(member.name),
                .text(member.name.lowercased()), .integer(member.lastSeenAt.milliseconds),
            ])
    }

    func setRank(_ room: String, _ user: String, _ role: Role) async throws(StorageError) {
        _ = try await transaction.query(
            "UPDATE members SET rank = $4 WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3",
            [.text(tenant), .text(room), .text(user), .integer(role.rank)])
    }

    func owner(_ room: String) async throws(StorageError) -> String? {
        let row = try await transaction.first(
            "SELECT user_id FROM members WHERE tenant_id = $1 AND room_id = $2 AND rank = 0",
            [.text(tenant), .text(room)])
        var columns = row?.columns
        return try columns?.text()
    }

    func delete(_ member: MemberRecord) async throws(StorageError) {
        let key: [DatabaseValue] = [.text(tenant), .text(member.room), .text(member.user)]
        _ = try await transaction.query(
            "DELETE FROM members WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3", key)
        // Who comes back shows anew what the gate asks for.
        _ = try await transaction.query(
            "DELETE FROM gate_leases WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3", key)
    }

    /// Whether a person is invited, or was until the invitation ran out.
    func wasInvited(_ room: String, _ user: String) async throws(StorageError) -> Bool {
        try await transaction.first(
            "SELECT 1 FROM invited WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3",
            [.text(tenant), .text(room), .text(user)]) != nil
    }

    func deleteInvited(_ room: String, _ user: String) async throws(StorageError) {
        _ = try await transaction.query(
            "DELETE FROM invited WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3",
            [.text(tenant), .text(room), .text(user)])
    }

    /// The rooms of a person from a place on, the latest joined first.
    func memberships(
        _ user: String, _ start: Cursor, _ limit: Int
    ) async throws(StorageError) -> [(room: RoomRecord, role: Role, joinedAt: Timestamp, readSeq: Int64)] {
        let rows = try await transaction.query(
            """
            SELECT m.rank, m.joined_at, COALESCE(k.seq, 0), \(RoomRecord.columns(of: "r")) FROM members AS m
            JOIN rooms AS r ON r.tenant_id = $1 AND r.id = m.room_id AND r.active = 1
            LEFT JOIN read_markers AS k ON k.tenant_id = $1 AND k.room_id = m.room_id AND k.user_id = $2
            WHERE m.tenant_id = $1 AND m.user_id = $2 AND (m.joined_at, m.room_id) < ($3, $4)
            ORDER BY m.joined_at DESC, m.room_id DESC LIMIT $5
            """,
            [.text(tenant), .text(user), .integer(start.number), .text(start.text), .integer(Int64(limit))])
        return try rows.decode { (columns) throws(StorageError) in
            let role = try Role(rank: try columns.integer())
            let joinedAt = try columns.time()
            let readSeq = try columns.integer()
            return (try RoomRecord(&columns), role, joinedAt, readSeq)
        }
    }
}
