public import Bytes

extension RoomRepository {
    /// Bans a wallet from a room, in place of an earlier ban.
    ///
    /// - Parameter role: Of who bans: a ban in force by somebody of a higher one stays, and whoever has the wallet must
    ///   be of a lower one.
    /// - Returns: The ban with whose wallet it is; nil where it may not be.
    /// - Throws: ``StorageError/notFound(_:)`` without such a room.
    public func ban(
        _ wallet: WalletKey, in room: String, _ terms: BanTerms, as role: Role
    ) async throws(StorageError) -> WalletBan? {
        try await write { (tables) async throws(StorageError) in
            try await tables.requireRoom(room)
            let owner = try await tables.transaction.first(
                "SELECT user_id FROM wallets WHERE tenant_id = $1 AND chain = $2 AND address = $3",
                [.text(wallet.tenant), .text(wallet.chain), .text(wallet.address)])
            var columns = owner?.columns
            let user = try columns?.text()
            if let user, let rank = try await tables.member(room, user)?.role.rank, rank <= role.rank {
                return nil
            }
            let place: [DatabaseValue] = [
                .text(tables.tenant), .text(room), .text(wallet.chain), .text(wallet.address),
            ]
            let row = try await tables.transaction.first(
                """
                INSERT INTO room_wallet_bans (tenant_id, room_id, chain, address, banned_by, reason, at, until, rank,
                    user_id)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                ON CONFLICT (tenant_id, room_id, chain, address) DO UPDATE SET banned_by = excluded.banned_by,
                    reason = excluded.reason, at = excluded.at, until = excluded.until, rank = excluded.rank,
                    user_id = COALESCE(excluded.user_id, room_wallet_bans.user_id)
                WHERE room_wallet_bans.rank >= excluded.rank OR room_wallet_bans.until <= excluded.at
                RETURNING user_id
                """, place + terms.values + [.integer(role.rank), .optional(user)])
            guard var kept = row?.columns else { return nil }
            return WalletBan(wallet: wallet, user: try kept.optionalText(), terms: terms)
        }
    }

    /// Lifts a wallet's ban.
    ///
    /// - Parameter role: Of who lifts it: a ban by somebody of a higher one stays.
    /// - Returns: Whether there was one that could be lifted.
    public func unban(_ wallet: WalletKey, in room: String, as role: Role) async throws(StorageError) -> Bool
    {
        try await write { (tables) async throws(StorageError) in
            try await tables.transaction.first(
                """
                DELETE FROM room_wallet_bans
                WHERE tenant_id = $1 AND room_id = $2 AND chain = $3 AND address = $4 AND rank >= $5 RETURNING at
                """,
                [
                    .text(tables.tenant), .text(room), .text(wallet.chain), .text(wallet.address),
                    .integer(role.rank),
                ]) != nil
        }
    }

    /// A room's bans of wallets that hold; at most 1,000.
    public func walletBans(_ room: String, now: Timestamp = .now()) async throws(StorageError) -> [WalletBan]
    {
        try await read { (tables) async throws(StorageError) in
            let tenant = tables.tenant
            return try await tables.transaction.query(
                """
                SELECT chain, address, user_id, banned_by, reason, at, until FROM room_wallet_bans
                WHERE tenant_id = $1 AND room_id = $2 AND (until IS NULL OR until > $3)
                ORDER BY chain, address LIMIT 1000
                """, [.text(tenant), .text(room), .integer(now.milliseconds)]
            ).decode { (columns) throws(StorageError) in
                let wallet = WalletKey(
                    tenant: tenant, chain: try columns.text(), address: try columns.text())
                return WalletBan(
                    wallet: wallet, user: try columns.optionalText(), terms: try BanTerms(&columns))
            }
        }
    }
}

extension RoomTables {
    /// The ban of a wallet that a person has, or had when it was banned.
    func walletBan(_ room: String, _ user: String, _ now: Timestamp) async throws(StorageError) -> BanRecord?
    {
        let row = try await transaction.first(
            """
            SELECT banned_by, reason, at, until FROM room_wallet_bans AS b
            WHERE tenant_id = $1 AND room_id = $2 AND (until IS NULL OR until > $4) AND (user_id = $3 OR EXISTS (
                SELECT 1 FROM wallets AS w WHERE w.tenant_id = $1 AND w.chain = b.chain AND w.address = b.address
                    AND w.user_id = $3))
            LIMIT 1
            """, [.text(tenant), .text(room), .text(user), .integer(now.milliseconds)])
        guard var columns = row?.columns else { return nil }
        return try BanRecord(room: room, user: user, optional: &columns)
    }
}
