import Bytes

/// People's watch-lists; each is its owner's alone.
public struct WatchlistRepository: Sendable {
    private let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    // MARK: Reading

    /// Lists of a person by their ids, those left out that are not theirs.
    public func lists(_ ids: [String], of person: PersonKey) async throws(StorageError) -> [WatchlistRecord] {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.queries(
                "SELECT \(WatchlistRecord.columns) FROM watchlists WHERE tenant_id = $1 AND user_id = $2 AND id = $3",
                ids.map { [.text(person.tenant), .text(person.user), .text($0)] }
            ).flatMap(\.self).decode(WatchlistRecord.init)
        }
    }

    /// A person's lists, oldest first.
    ///
    /// - Parameter cursor: The id that the last page ended with.
    public func lists(
        of person: PersonKey, cursor: String? = nil, limit: Int
    ) async throws(StorageError) -> Page<WatchlistRecord> {
        let limit = limit.asPageLimit
        return try await database.read { (transaction) async throws(StorageError) in
            let found = try await transaction.query(
                """
                SELECT \(WatchlistRecord.columns) FROM watchlists
                WHERE tenant_id = $1 AND user_id = $2 AND id > $3 ORDER BY id LIMIT $4
                """,
                [
                    .text(person.tenant), .text(person.user), .text(cursor ?? ""),
                    .integer(Int64(limit) + 1),
                ]
            ).decode(WatchlistRecord.init)
            return Page(found, limit: limit, cursor: \.id)
        }
    }

    // MARK: Changing

    /// Keeps a new list.
    ///
    /// - Parameter limit: How many a person may have.
    public func make(_ record: WatchlistRecord, limit: Int) async throws(StorageError) -> WatchlistOutcome {
        try await database.write { (transaction) async throws(StorageError) in
            let owner: [DatabaseValue] = [.text(record.owner.tenant), .text(record.owner.user)]
            let count = try await transaction.query(
                "SELECT id FROM watchlists WHERE tenant_id = $1 AND user_id = $2 LIMIT $3",
                owner + [.integer(Int64(limit))]
            ).count
            guard count < limit else { return .full }
            _ = try await transaction.query(
                """
                INSERT INTO watchlists (tenant_id, user_id, id, name, symbols, version, created_at, changed_at)
                    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                """,
                owner + [
                    .text(record.id), .text(record.name), TextList.encode(record.symbols),
                    .integer(record.version), .integer(record.createdAt.milliseconds),
                    .integer(record.changedAt.milliseconds),
                ])
            return .done(record)
        }
    }

    /// Changes a person's list.
    ///
    /// - Parameters:
    ///   - version: The one that is to be changed; nil for whichever it is.
    ///   - limit: How many symbols a list may have.
    ///   - change: May run twice. Where it changes nothing, the version stays.
    public func change(
        _ id: String, of person: PersonKey, at version: Int64? = nil, limit: Int,
        _ change: @escaping @Sendable (inout WatchlistRecord) -> Void
    ) async throws(StorageError) -> WatchlistOutcome {
        try await found(id, of: person, at: version) { (transaction, before) async throws(StorageError) in
            var after = before
            change(&after)
            guard after != before else { return .done(before) }
            guard after.symbols.count <= limit else { return .full }
            after.version += 1
            after.changedAt = .now()
            _ = try await transaction.query(
                """
                UPDATE watchlists SET name = $4, symbols = $5, version = $6, changed_at = $7
                WHERE tenant_id = $1 AND user_id = $2 AND id = $3
                """,
                [
                    .text(person.tenant), .text(person.user), .text(id), .text(after.name),
                    TextList.encode(after.symbols), .integer(after.version),
                    .integer(after.changedAt.milliseconds),
                ])
            return .done(after)
        }
    }

    /// Deletes a person's list.
    ///
    /// - Parameter version: The one that is to be deleted; nil for whichever it is.
    public func delete(
        _ id: String, of person: PersonKey, at version: Int64? = nil
    ) async throws(StorageError) -> WatchlistOutcome {
        try await found(id, of: person, at: version) { (transaction, before) async throws(StorageError) in
            _ = try await transaction.query(
                "DELETE FROM watchlists WHERE tenant_id = $1 AND user_id = $2 AND id = $3",
                [.text(person.tenant), .text(person.user), .text(id)])
            var after = before
            after.version += 1
            return .done(after)
        }
    }

    private func found(
        _ id: String, of person: PersonKey, at version: Int64?,
        _ body:
            @escaping @Sendable (any Queryable, WatchlistRecord) async throws(StorageError) ->
            WatchlistOutcome
    ) async throws(StorageError) -> WatchlistOutcome {
        try await database.write { (transaction) async throws(StorageError) in
            let rows = try await transaction.query(
                "SELECT \(WatchlistRecord.columns) FROM watchlists WHERE tenant_id = $1 AND user_id = $2 AND id = $3",
                [.text(person.tenant), .text(person.user), .text(id)])
            guard let record = try rows.decode(WatchlistRecord.init).first else { return .unknown }
            guard version == nil || version == record.version else { return .stale(record) }
            return try await body(transaction, record)
        }
    }
}
