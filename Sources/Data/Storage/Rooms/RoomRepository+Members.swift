public import Bytes

extension RoomRepository {
    /// Makes a person a member, or notes that a member is here again under this name.
    ///
    /// - Parameter role: Only for a new member. The owner is named by ``setRole(_:user:_:)`` alone: a new member
    ///   asked for as owner is a moderator.
    /// - Throws: ``StorageError/notFound(_:)`` without such a room, ``StorageError/conflict(_:)`` where a ban keeps this
    ///   person out.
    public func join(
        _ room: String, user: String, name: String, role: Role = .member, at: Timestamp = .now()
    ) async throws(StorageError) -> (member: MemberRecord, isNew: Bool) {
        let enrolment = Enrolment(room: room, user: user, name: name, role: role)
        return try await write { (tables) async throws(StorageError) in
            try await tables.enrol(enrolment, at)
        }
    }

    /// A person's membership, nil if they have none.
    public func member(_ room: String, user: String) async throws(StorageError) -> MemberRecord? {
        try await read { (tables) async throws(StorageError) in try await tables.member(room, user) }
    }

    /// What a person may do in a room, nil if they are no member.
    public func role(_ room: String, user: String) async throws(StorageError) -> Role? {
        try await member(room, user: user)?.role
    }

    /// Gives a member another role. Exactly one owner is kept: naming another makes the old one a moderator.
    ///
    /// - Parameter giver: Who must be the owner when it is written; nil where it is somebody else's right.
    public func setRole(
        _ room: String, user: String, _ role: Role, by giver: String? = nil
    ) async throws(StorageError) -> RoleOutcome {
        try await write { (tables) async throws(StorageError) in
            if let giver, try await tables.owner(room) != giver { return .notByOwner }
            guard var member = try await tables.member(room, user) else { return .notMember }
            if member.role == role { return .unchanged(member) }
            if member.role == .owner { return .isOwner }
            var formerOwner: String?
            if role == .owner {
                formerOwner = try await tables.owner(room)
                if let formerOwner { try await tables.setRank(room, formerOwner, .moderator) }
            }
            try await tables.setRank(room, user, role)
            member.role = role
            return .changed(member, formerOwner: formerOwner)
        }
    }

    /// Ends a membership and any invitation of that person. How far they had read is kept.
    ///
    /// - Parameter keepsInvitation: Whether they are still invited, since nobody sent them away.
    public func remove(
        _ room: String, user: String, keepsInvitation: Bool = false
    ) async throws(StorageError) -> RemovalOutcome {
        try await write { (tables) async throws(StorageError) in
            guard let member = try await tables.member(room, user) else {
                if !keepsInvitation { try await tables.deleteInvited(room, user) }
                return .notMember
            }
            if member.role == .owner { return .isOwner }
            try await tables.delete(member)
            if !keepsInvitation { try await tables.deleteInvited(room, user) }
            return .removed(member)
        }
    }

    /// Ends the membership of somebody whom only their token let into a private room: who was neither invited, also
    /// where the invitation has run out, nor given a role.
    ///
    /// - Returns: Whether there was such a membership.
    public func endLentMembership(_ room: String, user: String) async throws(StorageError) -> Bool {
        try await write { (tables) async throws(StorageError) in
            guard let member = try await tables.member(room, user), member.role == .member,
                try await tables.room(room)?.type == .private,
                try await !tables.wasInvited(room, user)
            else { return false }
            try await tables.delete(member)
            return true
        }
    }

    /// A room's members: owner, moderators, then members, each by user id.
    public func members(
        _ room: String, cursor: String? = nil, limit: Int
    ) async throws(StorageError) -> Page<MemberRecord> {
        let start = Cursor(cursor) ?? Cursor(-1, "")
        let limit = limit.asPageLimit
        return try await read { (tables) async throws(StorageError) in
            let rows = try await tables.transaction.query(
                """
                SELECT \(MemberRecord.columns) FROM members
                WHERE tenant_id = $1 AND room_id = $2 AND (rank, user_id) > ($3, $4) ORDER BY rank, user_id LIMIT $5
                """,
                [
                    .text(tables.tenant), .text(room), .integer(start.number), .text(start.text),
                    .integer(Int64(limit) + 1),
                ])
            return Page(try rows.decode(MemberRecord.init), limit: limit) {
                Cursor($0.role.rank, $0.user).description
            }
        }
    }

    /// How many members a room has.
    public func memberCount(_ room: String) async throws(StorageError) -> Int {
        try await read { (tables) async throws(StorageError) in
            let row = try await tables.transaction.first(
                "SELECT COUNT(*) FROM members WHERE tenant_id = $1 AND room_id = $2",
                [.text(tables.tenant), .text(room)])
            var columns = row?.columns
            return Int(try columns?.integer() ?? 0)
        }
    }

    /// The members whose names these are, whatever the case: whom a mention means. At most 100.
    public func members(
        _ room: String, named names: [String]
    ) async throws(StorageError) -> [MemberRecord] {
        let keys = Set(names.map { $0.lowercased() }).sorted()
        return try await read { (tables) async throws(StorageError) in
            let results = try await tables.transaction.queries(
                """
                SELECT \(MemberRecord.columns) FROM members
                WHERE tenant_id = $1 AND room_id = $2 AND name_key = $3 LIMIT 100
                """, keys.map { [.text(tables.tenant), .text(room), .text($0)] })
            return Array(try results.flatMap { $0 }.decode(MemberRecord.init).prefix(100))
        }
    }

    /// The active rooms that a person is a member of, with what is unread, the latest joined first.
    public func rooms(
        of user: String, cursor: String? = nil, limit: Int
    ) async throws(StorageError) -> Page<MyRoom> {
        let start = Cursor(cursor) ?? Cursor(.max, "")
        let limit = limit.asPageLimit
        return try await read { (tables) async throws(StorageError) in
            let memberships = try await tables.memberships(user, start, limit + 1)
            var rooms: [MyRoom] = []
            for membership in memberships.prefix(limit) {
                let reader = MessageReader(
                    transaction: tables.transaction, tenant: tables.tenant, room: membership.room.id)
                let unread = try await reader.unread(
                    user: user, after: membership.readSeq, seq: membership.room.seq)
                rooms.append(
                    MyRoom(
                        room: membership.room, role: membership.role, unread: unread,
                        lastMessage: try await reader.lastMessage()))
            }
            let last = memberships.count > limit ? memberships.prefix(limit).last : nil
            return Page(
                items: rooms, cursor: last.map { Cursor($0.joinedAt.milliseconds, $0.room.id).description })
        }
    }

    /// Notes when people were last present; an older moment than the one known is nothing.
    public func touch(_ seen: [LastSeen]) async throws(StorageError) {
        if seen.isEmpty { return }
        try await write { (tables) async throws(StorageError) in
            _ = try await tables.transaction.queries(
                """
                UPDATE members SET last_seen_at = $4
                WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3 AND last_seen_at < $4
                """,
                seen.map {
                    [.text(tables.tenant), .text($0.room), .text($0.user), .integer($0.at.milliseconds)]
                })
        }
    }
}
