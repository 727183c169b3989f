public import Bytes

/// Sign-ins and the hashes of their refresh tokens.
public struct SignInRepository: Sendable {
    let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    /// Keeps a new sign-in with its first refresh token, and forgets those that have run out.
    public func begin(
        _ signIn: SignInRecord, hash: String, expiresAt: Timestamp
    ) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            let now = DatabaseValue.integer(signIn.at.milliseconds)
            _ = try await transaction.query("DELETE FROM refresh_tokens WHERE expires_at <= $1", [now])
            _ = try await transaction.query("DELETE FROM sign_ins WHERE expires_at <= $1", [now])
            _ = try await transaction.query(
                """
                INSERT INTO sign_ins (id, tenant_id, user_id, name, grants, at, expires_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7)
                """,
                [
                    .text(signIn.id), .text(signIn.person.tenant), .text(signIn.person.user),
                    .text(signIn.name), .text(signIn.grants), now, .integer(expiresAt.milliseconds),
                ])
            try await SignInRepository.keep(transaction, hash, of: signIn.id, expiresAt)
        }
    }

    private static func keep(
        _ transaction: any Queryable, _ hash: String, of signIn: String, _ expiresAt: Timestamp
    ) async throws(StorageError) {
        _ = try await transaction.query(
            "INSERT INTO refresh_tokens (hash, sign_in_id, expires_at) VALUES ($1, $2, $3)",
            [.text(hash), .text(signIn), .integer(expiresAt.milliseconds)])
    }

    /// Uses a refresh token: once, then another one takes its place.
    ///
    /// - Parameters:
    ///   - hash: The token's hash.
    ///   - next: The next one's.
    ///   - expiresAt: When that one runs out.
    public func refresh(
        _ hash: String, next: String, expiresAt: Timestamp, now: Timestamp = .now()
    ) async throws(StorageError) -> RefreshOutcome {
        try await database.write { (transaction) async throws(StorageError) in
            let row = try await transaction.first(
                """
                SELECT t.used_at, t.expires_at, s.ended_at, s.id, s.tenant_id, s.user_id, s.name, s.grants, s.at
                    FROM refresh_tokens t JOIN sign_ins s ON s.id = t.sign_in_id WHERE t.hash = $1
                """, [.text(hash)])
            guard var columns = row?.columns else { return .unknown }
            let usedAt = try columns.optionalTime()
            let end = try columns.time()
            let endedAt = try columns.optionalTime()
            let signIn = try SignInRepository.signIn(&columns)
            if endedAt != nil { return .ended }
            guard usedAt == nil else {
                try await SignInRepository.end(transaction, signIn.id, now)
                return .reused(signIn)
            }
            guard end > now else { return .expired }
            _ = try await transaction.query(
                "UPDATE refresh_tokens SET used_at = $2 WHERE hash = $1",
                [.text(hash), .integer(now.milliseconds)])
            _ = try await transaction.query(
                "UPDATE sign_ins SET expires_at = $2 WHERE id = $1",
                [.text(signIn.id), .integer(expiresAt.milliseconds)])
            try await SignInRepository.keep(transaction, next, of: signIn.id, expiresAt)
            return .renewed(signIn)
        }
    }

    static func signIn(_ columns: inout RowReader) throws(StorageError) -> SignInRecord {
        SignInRecord(
            id: try columns.text(),
            person: PersonKey(tenant: try columns.text(), user: try columns.text()),
            name: try columns.text(), grants: try columns.text(), at: try columns.time())
    }

    /// Ends a sign-in: none of its refresh tokens is good any more.
    public func end(_ id: String, now: Timestamp = .now()) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            try await SignInRepository.end(transaction, id, now)
        }
    }

    private static func end(
        _ transaction: any Queryable, _ id: String, _ now: Timestamp
    ) async throws(StorageError) {
        _ = try await transaction.query(
            "UPDATE sign_ins SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL",
            [.text(id), .integer(now.milliseconds)])
    }

    /// The sign-in of a refresh token, whether that was used or not; nil where it is none of ours.
    public func signIn(hash: String) async throws(StorageError) -> SignInRecord? {
        try await database.read { (transaction) async throws(StorageError) in
            let row = try await transaction.first(
                """
                SELECT s.id, s.tenant_id, s.user_id, s.name, s.grants, s.at
                    FROM refresh_tokens t JOIN sign_ins s ON s.id = t.sign_in_id WHERE t.hash = $1
                """, [.text(hash)])
            guard var columns = row?.columns else { return nil }
            return try SignInRepository.signIn(&columns)
        }
    }

    /// Ends all sign-ins of a person.
    public func endAll(of person: PersonKey, now: Timestamp = .now()) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                "UPDATE sign_ins SET ended_at = $3 WHERE tenant_id = $1 AND user_id = $2 AND ended_at IS NULL",
                [.text(person.tenant), .text(person.user), .integer(now.milliseconds)])
        }
    }
}
