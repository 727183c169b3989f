public import Bytes

/// What gates need of the store: who is behind them, and what they have shown.
public struct GateRepository: Sendable {
    let database: any Database
    let tenant: String

    /// The gates of a tenant's rooms.
    public init(database: any Database, tenant: String = "default") {
        self.database = database
        self.tenant = tenant
    }

    /// The rooms whose gates are to be swept.
    ///
    /// - Parameter after: The last room's id of the page before.
    public func gatedRooms(after: String = "", limit: Int) async throws(StorageError) -> [RoomRecord] {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            let rows = try await transaction.query(
                """
                SELECT \(RoomRecord.columns) FROM rooms
                WHERE tenant_id = $1 AND id > $2 AND active = 1 AND type IN ('token_gated', 'nft_gated')
                ORDER BY id LIMIT $3
                """, [.text(tenant), .text(after), .integer(Int64(limit))])
            return try rows.decode(RoomRecord.init)
        }
    }

    /// The gated rooms that a person is a member of.
    public func gatedRooms(of user: String) async throws(StorageError) -> [RoomRecord] {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            let rows = try await transaction.query(
                """
                SELECT \(RoomRecord.columns(of: "r")) FROM members AS m
                JOIN rooms AS r ON r.tenant_id = $1 AND r.id = m.room_id
                WHERE m.tenant_id = $1 AND m.user_id = $2 AND r.active = 1
                    AND r.type IN ('token_gated', 'nft_gated')
                """, [.text(tenant), .text(user)])
            return try rows.decode(RoomRecord.init)
        }
    }

    /// The members of a room who are under its gate, by user id: all but the owner.
    ///
    /// - Parameters:
    ///   - after: The last member's id of the page before.
    ///   - user: This one alone.
    public func members(
        _ room: String, after: String = "", user: String? = nil, limit: Int, now: Timestamp = .now()
    ) async throws(StorageError) -> [GateMember] {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            var parameters: [DatabaseValue] = [
                .text(tenant), .text(room), .text(after), .integer(Int64(limit)), .integer(now.milliseconds),
            ]
            if let user { parameters.append(.text(user)) }
            let rows = try await transaction.query(
                user == nil
                    ? GateRepository.selectMembers("") : GateRepository.selectMembers(" AND user_id = $6"),
                parameters)
            return try GateRepository.members(rows)
        }
    }

    private static func selectMembers(_ condition: String) -> String {
        """
        SELECT m.room_id, m.user_id, m.name, m.rank, m.joined_at, m.last_seen_at,
            l.wallet_tenant, l.granted, l.verified_at,
            (SELECT 1 FROM invited WHERE tenant_id = $1 AND room_id = $2 AND user_id = m.user_id
                AND (expires_at IS NULL OR expires_at > $5)),
            w.chain, w.address
        FROM (SELECT * FROM members WHERE tenant_id = $1 AND room_id = $2 AND user_id > $3 AND rank > 0\(condition)
            ORDER BY user_id LIMIT $4) AS m
        LEFT JOIN gate_leases AS l ON l.tenant_id = $1 AND l.room_id = $2 AND l.user_id = m.user_id
        LEFT JOIN wallets AS w ON w.tenant_id = COALESCE(l.wallet_tenant, 'default') AND w.user_id = m.user_id
        ORDER BY m.user_id, w.chain, w.address
        """
    }

    /// One member for all rows that differ in the wallet alone.
    private static func members(_ rows: [Row]) throws(StorageError) -> [GateMember] {
        var members: [GateMember] = []
        for row in rows {
            var columns = row.columns
            let member = try MemberRecord(&columns)
            let lease = try LeaseRecord(room: member.room, user: member.user, optional: &columns)
            let isInvited = try columns.optionalInteger() != nil
            let chain = try columns.optionalText()
            let address = try columns.optionalText()
            if members.last?.member.user != member.user {
                members.append(
                    GateMember(member: member, lease: lease, isInvited: isInvited, wallets: []))
            }
            guard let chain, let address else { continue }
            members[members.count - 1].wallets.append(GateMember.Wallet(chain: chain, address: address))
        }
        return members
    }

    // MARK: Leases

    /// What is remembered of a person at a room's gate.
    public func lease(_ room: String, user: String) async throws(StorageError) -> LeaseRecord? {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            let row = try await transaction.first(
                """
                SELECT wallet_tenant, granted, verified_at FROM gate_leases
                WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3
                """, [.text(tenant), .text(room), .text(user)])
            guard var columns = row?.columns else { return nil }
            return try LeaseRecord(room: room, user: user, optional: &columns)
        }
    }

    /// Remembers that gates were open to these people.
    public func keep(_ leases: [LeaseRecord]) async throws(StorageError) {
        guard !leases.isEmpty else { return }
        let tenant = tenant
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.queries(
                """
                INSERT INTO gate_leases (tenant_id, room_id, user_id, wallet_tenant, granted, verified_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (tenant_id, room_id, user_id) DO UPDATE SET
                    wallet_tenant = excluded.wallet_tenant, granted = excluded.granted,
                    verified_at = excluded.verified_at
                """,
                leases.map {
                    [
                        .text(tenant), .text($0.room), .text($0.user), .text($0.walletTenant),
                        .optional($0.granted?.rank), .integer($0.verifiedAt.milliseconds),
                    ]
                })
        }
    }

    /// Forgets what a person has shown: at one gate, or at all of them.
    public func forget(user: String, room: String? = nil) async throws(StorageError) {
        let tenant = tenant
        try await database.write { (transaction) async throws(StorageError) in
            guard let room else {
                _ = try await transaction.query(
                    "UPDATE gate_leases SET verified_at = 0 WHERE tenant_id = $1 AND user_id = $2",
                    [.text(tenant), .text(user)])
                return
            }
            _ = try await transaction.query(
                "DELETE FROM gate_leases WHERE tenant_id = $1 AND user_id = $2 AND room_id = $3",
                [.text(tenant), .text(user), .text(room)])
        }
    }

    /// Forgets what a person has shown at a gate, but not what role a token lent them there.
    public func withhold(_ room: String, user: String) async throws(StorageError) {
        let tenant = tenant
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                "UPDATE gate_leases SET verified_at = 0 WHERE tenant_id = $1 AND room_id = $2 AND user_id = $3",
                [.text(tenant), .text(room), .text(user)])
        }
    }

    /// Forgets what everybody has shown at a room's gate, since it asks for something else now.
    public func forget(room: String) async throws(StorageError) {
        let tenant = tenant
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                "UPDATE gate_leases SET verified_at = 0 WHERE tenant_id = $1 AND room_id = $2",
                [.text(tenant), .text(room)])
        }
    }
}

extension LeaseRecord {
    /// The right side of a LEFT JOIN: wallet_tenant, granted, verified_at or nothing.
    init?(room: String, user: String, optional columns: inout RowReader) throws(StorageError) {
        guard let walletTenant = try columns.optionalText() else {
            for _ in 0..<2 { columns.skip() }
            return nil
        }
        let rank = try columns.optionalInteger()
        var granted: Role?
        if let rank { granted = try Role(rank: rank) }
        self.init(
            room: room, user: user, walletTenant: walletTenant, granted: granted,
            verifiedAt: try columns.time())
    }
}
