public import Bytes

/// Who may not come in: revoked tokens and sign-ins, and bans from the whole server.
public struct AccessRepository: Sendable {
    private let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    /// Reads all of it; what time has done away with is left out.
    public func state(at now: Timestamp = .now()) async throws(StorageError) -> AccessState {
        try await database.read { (transaction) async throws(StorageError) in
            var state = AccessState()
            let tokens = try await transaction.query(
                "SELECT issuer, token_id, expires_at FROM revoked_tokens WHERE expires_at > $1",
                [.integer(now.milliseconds)])
            for row in tokens {
                var columns = row.columns
                state.tokens.append(
                    RevokedToken(
                        issuer: try columns.text(), tokenID: try columns.text(), expiresAt: try columns.time()
                    ))
            }
            for row in try await transaction.query("SELECT tenant_id, user_id, before FROM revoked_people") {
                var columns = row.columns
                let person = PersonKey(tenant: try columns.text(), user: try columns.text())
                state.people[person] = try columns.time()
            }
            state.bans = try await AccessRepository.bans(transaction, now)
            return state
        }
    }

    /// The bans that hold.
    public func bans(at now: Timestamp = .now()) async throws(StorageError) -> [ServerBan] {
        try await database.read { (transaction) async throws(StorageError) in
            try await AccessRepository.bans(transaction, now)
        }
    }

    private static func bans(
        _ transaction: any Queryable, _ now: Timestamp
    ) async throws(StorageError) -> [ServerBan] {
        let rows = try await transaction.query(
            """
            SELECT tenant_id, user_id, banned_by, reason, at, until FROM banned_people
                WHERE until IS NULL OR until > $1 ORDER BY tenant_id, user_id
            """, [.integer(now.milliseconds)])
        var bans: [ServerBan] = []
        for row in rows {
            var columns = row.columns
            bans.append(
                ServerBan(
                    person: PersonKey(tenant: try columns.text(), user: try columns.text()),
                    by: try columns.text(), reason: try columns.optionalText(), at: try columns.time(),
                    until: try columns.optionalTime()))
        }
        return bans
    }

    // MARK: Changes

    /// Keeps a token out, and forgets those that have run out by themselves.
    public func revoke(_ token: RevokedToken, at now: Timestamp = .now()) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                "DELETE FROM revoked_tokens WHERE expires_at <= $1", [.integer(now.milliseconds)])
            _ = try await transaction.query(
                """
                INSERT INTO revoked_tokens (issuer, token_id, expires_at) VALUES ($1, $2, $3)
                    ON CONFLICT (issuer, token_id) DO UPDATE SET expires_at = EXCLUDED.expires_at
                """,
                [.text(token.issuer), .text(token.tokenID), .integer(token.expiresAt.milliseconds)])
        }
    }

    /// Keeps all of a person's tokens out that were signed before a moment.
    public func revoke(_ person: PersonKey, before: Timestamp) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                """
                INSERT INTO revoked_people (tenant_id, user_id, before) VALUES ($1, $2, $3)
                    ON CONFLICT (tenant_id, user_id) DO UPDATE SET before = EXCLUDED.before
                """, [.text(person.tenant), .text(person.user), .integer(before.milliseconds)])
        }
    }

    /// Bans a person, in place of an earlier ban.
    public func ban(_ ban: ServerBan) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                """
                INSERT INTO banned_people (tenant_id, user_id, banned_by, reason, at, until)
                    VALUES ($1, $2, $3, $4, $5, $6)
                    ON CONFLICT (tenant_id, user_id) DO UPDATE SET banned_by = EXCLUDED.banned_by,
                        reason = EXCLUDED.reason, at = EXCLUDED.at, until = EXCLUDED.until
                """,
                [
                    .text(ban.person.tenant), .text(ban.person.user), .text(ban.by), .optional(ban.reason),
                    .integer(ban.at.milliseconds), .optional(ban.until?.milliseconds),
                ])
        }
    }

    /// Lifts a ban.
    ///
    /// - Throws: ``StorageError/notFound(_:)`` where there is none.
    public func unban(_ person: PersonKey) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            let row = try await transaction.first(
                "DELETE FROM banned_people WHERE tenant_id = $1 AND user_id = $2 RETURNING user_id",
                [.text(person.tenant), .text(person.user)])
            guard row != nil else { throw .notFound("a ban of \(person.user)") }
        }
    }
}
