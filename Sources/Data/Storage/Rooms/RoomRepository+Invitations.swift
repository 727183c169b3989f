public import Bytes

extension RoomRepository {
    /// Keeps an invitation; one for a named person holds at once.
    ///
    /// - Throws: ``StorageError/notFound(_:)`` without such a room.
    public func invite(_ invitation: InvitationRecord) async throws(StorageError) {
        try await write { (tables) async throws(StorageError) in
            try await tables.requireRoom(invitation.room)
            _ = try await tables.transaction.query(
                """
                INSERT INTO invitations (tenant_id, room_id, id, code_hash, user_id, invited_by, at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                [
                    .text(tables.tenant), .text(invitation.room), .text(invitation.id),
                    .optional(invitation.codeHash), .optional(invitation.user), .text(invitation.by),
                    .integer(invitation.at.milliseconds), .optional(invitation.expiresAt?.milliseconds),
                ])
            if let user = invitation.user {
                try await tables.setInvited(invitation.room, user, invitation.id, until: invitation.expiresAt)
            }
        }
    }

    /// Uses a code: from now on the person counts as invited. The same person may use it again.
    public func redeem(
        codeHash: String, user: String, now: Timestamp = .now()
    ) async throws(StorageError) -> RedemptionOutcome {
        try await write { (tables) async throws(StorageError) in
            let row = try await tables.transaction.first(
                """
                SELECT id, room_id, user_id, expires_at FROM invitations
                WHERE tenant_id = $1 AND code_hash = $2 AND code_hash IS NOT NULL
                """, [.text(tables.tenant), .text(codeHash)])
            guard var columns = row?.columns else { return .unknown }
            let id = try columns.text()
            let room = try columns.text()
            if let invited = try columns.optionalText(), invited != user { return .forAnother }
            if let expiresAt = try columns.optionalTime(), expiresAt <= now { return .expired(expiresAt) }
            try await tables.setInvited(room, user, id, until: nil)
            return .accepted(room: room)
        }
    }

    /// Whether a person is invited, by name or by a code that they used.
    public func isInvited(
        _ room: String, user: String, now: Timestamp = .now()
    ) async throws(StorageError) -> Bool {
        try await read { (tables) async throws(StorageError) in
            try await tables.transaction.first(
                """
                SELECT 1 FROM invited WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3
                    AND (expires_at IS NULL OR expires_at > $4)
                """, [.text(tables.tenant), .text(room), .text(user), .integer(now.milliseconds)]) != nil
        }
    }

    /// A room's invitations that hold, the newest first.
    public func invitations(
        _ room: String, cursor: String? = nil, limit: Int, now: Timestamp = .now()
    ) async throws(StorageError) -> Page<InvitationRecord> {
        let limit = limit.asPageLimit
        return try await read { (tables) async throws(StorageError) in
            let rows = try await tables.transaction.query(
                """
                SELECT id, room_id, code_hash, user_id, invited_by, at, expires_at FROM invitations
                WHERE tenant_id = $1 AND room_id = $2 AND id < $3 AND (expires_at IS NULL OR expires_at > $4)
                ORDER BY id DESC LIMIT $5
                """,
                [
                    .text(tables.tenant), .text(room), .text(cursor ?? "~"), .integer(now.milliseconds),
                    .integer(Int64(limit) + 1),
                ])
            let invitations = try rows.decode { (columns) throws(StorageError) in
                InvitationRecord(
                    id: try columns.text(), room: try columns.text(), codeHash: try columns.optionalText(),
                    user: try columns.optionalText(), by: try columns.text(), at: try columns.time(),
                    expiresAt: try columns.optionalTime())
            }
            return Page(invitations, limit: limit) { $0.id }
        }
    }

    /// Takes an invitation back. Who has used its code stays invited; a named person does not.
    ///
    /// - Returns: Whether there was one.
    public func revokeInvitation(_ id: String, room: String) async throws(StorageError) -> Bool {
        try await write { (tables) async throws(StorageError) in
            let row = try await tables.transaction.first(
                """
                DELETE FROM invitations WHERE tenant_id = $1 AND room_id = $2 AND id = $3 RETURNING user_id
                """, [.text(tables.tenant), .text(room), .text(id)])
            guard var columns = row?.columns else { return false }
            if let user = try columns.optionalText() { try await tables.deleteInvited(room, user) }
            return true
        }
    }
}

extension RoomTables {
    fileprivate func setInvited(
        _ room: String, _ user: String, _ invitation: String, until: Timestamp?
    ) async throws(StorageError) {
        _ = try await transaction.query(
            """
            INSERT INTO invited (tenant_id, room_id, user_id, invitation_id, expires_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, room_id, user_id) DO UPDATE SET
                invitation_id = excluded.invitation_id, expires_at = excluded.expires_at
            """,
            [
                .text(tenant), .text(room), .text(user), .text(invitation),
                .optional(until?.milliseconds),
            ])
    }
}
