public import Bytes

/// The mail addresses of one tenant's people, and the codes that were sent to some.
public struct EmailRepository: Sendable {
    /// How far back tries count, in milliseconds.
    public static let window: Int64 = 3_600_000

    private let database: any Database
    private let tenant: String

    /// The addresses of a tenant.
    public init(database: any Database, tenant: String = "default") {
        self.database = database
        self.tenant = tenant
    }

    /// Keeps the hash of a code in the place of the one before it, and forgets what is long over.
    public func keep(
        hash: String, for address: String, expiresAt: Timestamp, now: Timestamp
    ) async throws(StorageError) {
        let tenant = tenant
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                "DELETE FROM email_codes WHERE kept_until <= $1", [.integer(now.milliseconds)])
            _ = try await transaction.query(
                """
                INSERT INTO email_codes (tenant_id, address, hash, expires_at, tries, kept_until)
                    VALUES ($1, $2, $3, $4, '', $4)
                ON CONFLICT (tenant_id, address) DO UPDATE SET hash = EXCLUDED.hash,
                    expires_at = EXCLUDED.expires_at,
                    kept_until = CASE WHEN email_codes.kept_until > EXCLUDED.kept_until
                        THEN email_codes.kept_until ELSE EXCLUDED.kept_until END
                """, [.text(tenant), .text(address), .text(hash), .integer(expiresAt.milliseconds)])
        }
    }

    /// Tries a code: the right one is used up, and the address is the newcomer's where it was nobody's.
    ///
    /// Tries are counted whether a code was sent or not, and in the same transaction: of many at once no more than
    /// that are looked at, over a restart too.
    ///
    /// - Parameters:
    ///   - hash: The code's hash.
    ///   - newcomer: The address, and whose it becomes.
    ///   - limit: How many may be tried within ``window``.
    public func prove(
        hash: String, newcomer: EmailPerson, tries limit: Int, now: Timestamp
    ) async throws(StorageError) -> CodeOutcome {
        let tenant = tenant
        return try await database.write { (transaction) async throws(StorageError) in
            let names: [DatabaseValue] = [.text(tenant), .text(newcomer.address)]
            if let refusal = try await EmailRepository.refusal(transaction, names, hash, limit, now) {
                return refusal
            }
            return .proven(try await EmailRepository.signIn(transaction, tenant, newcomer))
        }
    }

    /// Tries a code as ``prove(hash:newcomer:tries:now:)`` does, and makes its address a person's who is there.
    ///
    /// - Parameter addresses: How many a person may have.
    public func link(
        hash: String, to person: EmailPerson, tries limit: Int, addresses: Int, now: Timestamp
    ) async throws(StorageError) -> CodeOutcome {
        let tenant = tenant
        return try await database.write { (transaction) async throws(StorageError) in
            let names: [DatabaseValue] = [.text(tenant), .text(person.address)]
            if let refusal = try await EmailRepository.refusal(transaction, names, hash, limit, now) {
                return refusal
            }
            let owned = try await EmailRepository.addresses(transaction, tenant, person.user)
            if let own = owned.first(where: { $0.address == person.address }) { return .proven(own) }
            guard owned.count < addresses else { return .tooManyAddresses }
            let rows = try await transaction.query(
                "SELECT user_id FROM email_addresses WHERE tenant_id = $1 AND address = $2", names)
            guard rows.isEmpty else { return .taken }
            return .proven(try await EmailRepository.signIn(transaction, tenant, person))
        }
    }

    /// A person's addresses, the oldest first.
    public func addresses(of user: String) async throws(StorageError) -> [EmailPerson] {
        let tenant = tenant
        return try await database.read { (transaction) async throws(StorageError) in
            try await EmailRepository.addresses(transaction, tenant, user)
        }
    }

    /// Forgets the codes that were tried for an address.
    ///
    /// - Returns: Whether any were, and whose the address is.
    public func forgetTries(of address: String) async throws(StorageError) -> (hadTries: Bool, user: String?)
    {
        let names: [DatabaseValue] = [.text(tenant), .text(address)]
        return try await database.write { (transaction) async throws(StorageError) in
            let row = try await transaction.first(
                """
                UPDATE email_codes SET tries = '' WHERE tenant_id = $1 AND address = $2 AND tries <> ''
                    RETURNING address
                """, names)
            var owner = try await transaction.first(
                "SELECT user_id FROM email_addresses WHERE tenant_id = $1 AND address = $2", names)?.columns
            return (row != nil, try owner?.text())
        }
    }

    /// Takes an address from a person who has another one, or a wallet, to come back by.
    public func unlink(_ address: String, from user: String) async throws(StorageError) -> UnlinkOutcome {
        let tenant = tenant
        return try await database.write { (transaction) async throws(StorageError) in
            let owned = try await EmailRepository.addresses(transaction, tenant, user)
            guard owned.contains(where: { $0.address == address }) else { return .unknown }
            let wallet = try await transaction.first(
                "SELECT address FROM wallets WHERE tenant_id = $1 AND user_id = $2 LIMIT 1",
                [.text(tenant), .text(user)])
            guard owned.count > 1 || wallet != nil else { return .last }
            _ = try await transaction.query(
                "DELETE FROM email_addresses WHERE tenant_id = $1 AND address = $2 AND user_id = $3",
                [.text(tenant), .text(address), .text(user)])
            return .unlinked
        }
    }

    /// Why a code is not taken; nil where it is, and used up.
    private static func refusal(
        _ transaction: any Queryable, _ names: [DatabaseValue], _ hash: String, _ limit: Int, _ now: Timestamp
    ) async throws(StorageError) -> CodeOutcome? {
        let row = try await transaction.first(
            "SELECT hash, expires_at, tries FROM email_codes WHERE tenant_id = $1 AND address = $2", names)
        var kept: (hash: String, expiresAt: Timestamp, tries: [Int64]) = ("", now, [])
        if var columns = row?.columns {
            kept = (try columns.text(), try columns.time(), [])
            kept.tries = try columns.text().split(separator: " ").compactMap { Int64($0) }
        }
        kept.tries.removeAll { $0 <= now.milliseconds - window }
        if kept.tries.count >= limit, let first = kept.tries.first {
            return .tooMany(until: Timestamp(milliseconds: first + window))
        }
        guard !kept.hash.isEmpty, kept.hash == hash, kept.expiresAt > now else {
            kept.tries.append(now.milliseconds)
            try await note(transaction, names, kept, now)
            return .wrong
        }
        _ = try await transaction.query(
            "DELETE FROM email_codes WHERE tenant_id = $1 AND address = $2", names)
        return nil
    }

    private static func addresses(
        _ transaction: any Queryable, _ tenant: String, _ user: String
    ) async throws(StorageError) -> [EmailPerson] {
        let rows = try await transaction.query(
            """
            SELECT address, user_id, user_name, linked_at, used_at FROM email_addresses
                WHERE tenant_id = $1 AND user_id = $2 ORDER BY linked_at, address
            """, [.text(tenant), .text(user)])
        var people: [EmailPerson] = []
        for row in rows { people.append(try EmailPerson(row)) }
        return people
    }

    private static func note(
        _ transaction: any Queryable, _ names: [DatabaseValue],
        _ kept: (hash: String, expiresAt: Timestamp, tries: [Int64]), _ now: Timestamp
    ) async throws(StorageError) {
        let end = max(kept.expiresAt.milliseconds, now.milliseconds + window)
        _ = try await transaction.query(
            """
            INSERT INTO email_codes (tenant_id, address, hash, expires_at, tries, kept_until)
                VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (tenant_id, address) DO UPDATE SET tries = EXCLUDED.tries,
                kept_until = EXCLUDED.kept_until
            """,
            names + [
                .text(kept.hash), .integer(kept.expiresAt.milliseconds),
                .text(kept.tries.map { String($0) }.joined(separator: " ")), .integer(end),
            ])
    }

    private static func signIn(
        _ transaction: any Queryable, _ tenant: String, _ newcomer: EmailPerson
    ) async throws(StorageError) -> EmailPerson {
        let rows = try await transaction.query(
            """
            INSERT INTO email_addresses (tenant_id, address, user_id, user_name, linked_at, used_at)
                VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (tenant_id, address) DO UPDATE SET used_at = EXCLUDED.used_at
            RETURNING address, user_id, user_name, linked_at, used_at
            """,
            [
                .text(tenant), .text(newcomer.address), .text(newcomer.user), .text(newcomer.userName),
                .integer(newcomer.linkedAt.milliseconds), .integer(newcomer.usedAt.milliseconds),
            ])
        guard let row = rows.first else { throw .corrupt("a mail address is not there") }
        return try EmailPerson(row)
    }
}

extension EmailPerson {
    fileprivate init(_ row: Row) throws(StorageError) {
        var columns = row.columns
        self.init(
            address: try columns.text(), user: try columns.text(), userName: try columns.text(),
            linkedAt: try columns.time(), usedAt: try columns.time())
    }
}
