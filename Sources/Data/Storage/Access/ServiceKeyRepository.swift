public import Bytes

/// Service keys and the hashes of their texts.
public struct ServiceKeyRepository: Sendable {
    private let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    /// Texts of a key that are kept: those that are good, and of those before them as many as there is room for.
    public static let textsKept = 32

    /// All keys with their texts, those that have ended too, the oldest key first.
    public func all() async throws(StorageError) -> [ServiceKeyRecord] {
        try await database.read { (transaction) async throws(StorageError) in
            let rows = try await transaction.query(
                """
                SELECT tenant_id, id, name, scopes, made_by, made_at, expires_at, used_at FROM service_keys
                    ORDER BY made_at, id
                """)
            var secrets: [PersonKey: [ServiceKeyRecord.Secret]] = [:]
            let hashes = try await transaction.query(
                """
                SELECT tenant_id, key_id, hash, made_at, ends_at FROM service_key_hashes ORDER BY made_at DESC
                """)
            for row in hashes {
                var columns = row.columns
                let person = PersonKey(tenant: try columns.text(), user: try columns.text())
                secrets[person, default: []].append(
                    ServiceKeyRecord.Secret(
                        hash: try columns.text(), madeAt: try columns.time(),
                        endsAt: try columns.optionalTime()))
            }
            var keys: [ServiceKeyRecord] = []
            for row in rows {
                var columns = row.columns
                let person = PersonKey(tenant: try columns.text(), user: try columns.text())
                keys.append(
                    ServiceKeyRecord(
                        person: person, name: try columns.text(), scopes: try columns.text(),
                        madeBy: try columns.text(), madeAt: try columns.time(),
                        expiresAt: try columns.optionalTime(), usedAt: try columns.optionalTime(),
                        secrets: secrets[person] ?? []))
            }
            return keys
        }
    }

    // MARK: Changes

    /// Keeps a new key with its texts.
    public func make(_ key: ServiceKeyRecord) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                """
                INSERT INTO service_keys (tenant_id, id, name, scopes, made_by, made_at, expires_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7)
                """,
                [
                    .text(key.person.tenant), .text(key.person.user), .text(key.name), .text(key.scopes),
                    .text(key.madeBy), .integer(key.madeAt.milliseconds),
                    .optional(key.expiresAt?.milliseconds),
                ])
            for secret in key.secrets { try await ServiceKeyRepository.keep(transaction, secret, key.person) }
        }
    }

    private static func keep(
        _ transaction: any Queryable, _ secret: ServiceKeyRecord.Secret, _ person: PersonKey
    ) async throws(StorageError) {
        _ = try await transaction.query(
            """
            INSERT INTO service_key_hashes (hash, tenant_id, key_id, made_at, ends_at)
                VALUES ($1, $2, $3, $4, $5)
            """,
            [
                .text(secret.hash), .text(person.tenant), .text(person.user),
                .integer(secret.madeAt.milliseconds), .optional(secret.endsAt?.milliseconds),
            ])
    }

    /// Gives a key a further text; those before it end at a moment, or earlier where they already would.
    ///
    /// - Throws: ``StorageError/notFound(_:)`` where there is no such key.
    public func rotate(
        _ person: PersonKey, to secret: ServiceKeyRecord.Secret, othersEndAt end: Timestamp
    ) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            try await ServiceKeyRepository.check(transaction, person)
            let names: [DatabaseValue] = [.text(person.tenant), .text(person.user)]
            _ = try await transaction.query(
                """
                DELETE FROM service_key_hashes WHERE tenant_id = $1 AND key_id = $2 AND hash NOT IN
                    (SELECT hash FROM service_key_hashes WHERE tenant_id = $1 AND key_id = $2
                        ORDER BY made_at DESC LIMIT $3)
                """, names + [.integer(Int64(ServiceKeyRepository.textsKept - 1))])
            _ = try await transaction.query(
                """
                UPDATE service_key_hashes SET ends_at = $3
                    WHERE tenant_id = $1 AND key_id = $2 AND (ends_at IS NULL OR ends_at > $3)
                """, names + [.integer(end.milliseconds)])
            try await ServiceKeyRepository.keep(transaction, secret, person)
        }
    }

    private static func check(
        _ transaction: any Queryable, _ person: PersonKey
    ) async throws(StorageError) {
        let row = try await transaction.first(
            "SELECT id FROM service_keys WHERE tenant_id = $1 AND id = $2",
            [.text(person.tenant), .text(person.user)])
        guard row != nil else { throw .notFound("the key \(person.user)") }
    }

    /// Takes a key away for good.
    ///
    /// - Throws: ``StorageError/notFound(_:)`` where there is no such key.
    public func revoke(_ person: PersonKey) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            try await ServiceKeyRepository.check(transaction, person)
            let names: [DatabaseValue] = [.text(person.tenant), .text(person.user)]
            _ = try await transaction.query(
                "DELETE FROM service_key_hashes WHERE tenant_id = $1 AND key_id = $2", names)
            _ = try await transaction.query(
                "DELETE FROM service_keys WHERE tenant_id = $1 AND id = $2", names)
        }
    }

    /// Notes when keys were last used.
    public func note(_ uses: [PersonKey: Timestamp]) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.queries(
                "UPDATE service_keys SET used_at = $3 WHERE tenant_id = $1 AND id = $2",
                uses.map { [.text($0.key.tenant), .text($0.key.user), .integer($0.value.milliseconds)] })
        }
    }
}
