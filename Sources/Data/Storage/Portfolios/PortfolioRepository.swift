public import Bytes

/// People's portfolios.
///
/// Every change names the owner, whom the caller has verified: what is another's is not found.
public struct PortfolioRepository: Sendable {
    private let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    // MARK: Reading

    /// A portfolio with its holdings and readers.
    public func portfolio(_ id: String, tenant: String) async throws(StorageError) -> PortfolioRecord? {
        try await database.read { (transaction) async throws(StorageError) in
            let found = try await PortfolioRepository.complete(
                try await transaction.query(
                    PortfolioRepository.columns + " WHERE tenant_id = $1 AND id = $2",
                    [.text(tenant), .text(id)]), transaction)
            return found.first
        }
    }

    /// Portfolios of several people, those left out that are not there.
    ///
    /// - Parameter ids: Their tenants and ids.
    public func portfolios(
        _ ids: [(tenant: String, id: String)]
    ) async throws(StorageError) -> [PortfolioRecord] {
        let keys: [[DatabaseValue]] = ids.map { [.text($0.tenant), .text($0.id)] }
        return try await database.read { (transaction) async throws(StorageError) in
            try await PortfolioRepository.complete(
                try await transaction.queries(
                    PortfolioRepository.columns + " WHERE tenant_id = $1 AND id = $2", keys
                ).flatMap(\.self), transaction)
        }
    }

    /// When portfolios were changed last, those left out that are not there.
    ///
    /// - Parameter ids: Their tenants and ids.
    public func changes(
        _ ids: [(tenant: String, id: String)]
    ) async throws(StorageError) -> [String: Timestamp] {
        let keys: [[DatabaseValue]] = ids.map { [.text($0.tenant), .text($0.id)] }
        return try await database.read { (transaction) async throws(StorageError) in
            let rows = try await transaction.queries(
                "SELECT id, changed_at FROM portfolios WHERE tenant_id = $1 AND id = $2", keys
            ).flatMap(\.self)
            var found: [String: Timestamp] = [:]
            for row in rows {
                var columns = row.columns
                found[try columns.text()] = try columns.time()
            }
            return found
        }
    }

    /// What portfolios are called, by id; those left out that are not there.
    ///
    /// - Parameter ids: Their tenants and ids; a repeated one is read once.
    public static func names(
        _ ids: [(tenant: String, id: String)], in transaction: any Queryable
    ) async throws(StorageError) -> [String: String] {
        var keys: [String: [DatabaseValue]] = [:]
        for (tenant, id) in ids { keys[id] = [.text(tenant), .text(id)] }
        guard !keys.isEmpty else { return [:] }
        let rows = try await transaction.queries(
            "SELECT id, name FROM portfolios WHERE tenant_id = $1 AND id = $2", Array(keys.values)
        ).flatMap(\.self)
        var found: [String: String] = [:]
        for row in rows {
            var columns = row.columns
            found[try columns.text()] = try columns.text()
        }
        return found
    }

    /// A person's portfolios and those that they may read, by id.
    public func portfolios(
        of person: PersonKey, after id: String, limit: Int
    ) async throws(StorageError) -> [PortfolioRecord] {
        try await database.read { (transaction) async throws(StorageError) in
            try await PortfolioRepository.complete(
                try await transaction.query(
                    PortfolioRepository.columns + """
                         WHERE tenant_id = $1 AND id > $3 AND (user_id = $2 OR id IN (
                            SELECT portfolio_id FROM portfolio_shares WHERE tenant_id = $1 AND user_id = $2))
                        ORDER BY id LIMIT $4
                        """, [.text(person.tenant), .text(person.user), .text(id), .integer(Int64(limit))]),
                transaction)
        }
    }

    /// Who may read which portfolio: of each its tenant, its id and a person's id.
    public func readers() async throws(StorageError) -> [(tenant: String, portfolio: String, user: String)] {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                """
                SELECT tenant_id, id, user_id FROM portfolios
                UNION ALL SELECT tenant_id, portfolio_id, user_id FROM portfolio_shares
                """
            ).decode { (columns) throws(StorageError) in
                (tenant: try columns.text(), portfolio: try columns.text(), user: try columns.text())
            }
        }
    }

    private static let columns = """
        SELECT tenant_id, id, user_id, name, created_at, changed_at FROM portfolios
        """

    private static func complete(
        _ rows: [Row], _ transaction: any Queryable
    ) async throws(StorageError) -> [PortfolioRecord] {
        var records = try rows.decode { (columns) throws(StorageError) in
            let (tenant, id) = (try columns.text(), try columns.text())
            var record = PortfolioRecord(
                id: id, owner: PersonKey(tenant: tenant, user: try columns.text()), name: try columns.text(),
                at: try columns.time())
            record.changedAt = try columns.time()
            return record
        }
        let keys: [[DatabaseValue]] = records.map { [.text($0.owner.tenant), .text($0.id)] }
        let holdings = try await transaction.queries(
            "SELECT symbol, amount FROM portfolio_holdings WHERE tenant_id = $1 AND portfolio_id = $2", keys)
        let shares = try await transaction.queries(
            "SELECT user_id FROM portfolio_shares WHERE tenant_id = $1 AND portfolio_id = $2", keys)
        for index in records.indices {
            for row in holdings[index] {
                var columns = row.columns
                records[index].holdings[try columns.text()] = try columns.text()
            }
            for row in shares[index] {
                var columns = row.columns
                records[index].readers.insert(try columns.text())
            }
        }
        return records
    }

    // MARK: Changing

    /// Keeps a new portfolio with its holdings.
    ///
    /// - Parameter limit: How many a person may have.
    public func make(_ record: PortfolioRecord, limit: Int) async throws(StorageError) -> PortfolioOutcome {
        try await database.write { (transaction) async throws(StorageError) in
            let owner: [DatabaseValue] = [.text(record.owner.tenant), .text(record.owner.user)]
            let others = "SELECT id FROM portfolios WHERE tenant_id = $1 AND user_id = $2"
            guard try await hasRoom(transaction, others, owner, limit) else { return .full }
            _ = try await transaction.query(
                """
                INSERT INTO portfolios (tenant_id, user_id, id, name, created_at, changed_at)
                    VALUES ($1, $2, $3, $4, $5, $5)
                """, owner + [.text(record.id), .text(record.name), .integer(record.createdAt.milliseconds)])
            for (symbol, amount) in record.holdings {
                _ = try await transaction.query(
                    PortfolioRepository.holding,
                    owner + [.text(record.id), .text(symbol), .text(amount)])
            }
            return .done
        }
    }

    private static let holding = """
        INSERT INTO portfolio_holdings (tenant_id, user_id, portfolio_id, symbol, amount)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (tenant_id, portfolio_id, symbol) DO UPDATE SET amount = EXCLUDED.amount
        """

    /// Gives a portfolio another name.
    public func rename(
        _ id: String, of owner: PersonKey, to name: String, at: Timestamp = .now()
    ) async throws(StorageError) -> PortfolioOutcome {
        try await change(id, owner, at) { (transaction, key) async throws(StorageError) in
            _ = try await transaction.query(
                "UPDATE portfolios SET name = $4 WHERE tenant_id = $1 AND user_id = $2 AND id = $3",
                key + [.text(name)])
            return .done
        }
    }

    /// Deletes a portfolio, and all alerts on it.
    ///
    /// - Parameter ended: Keeps what comes of those alerts, in the same transaction. May run twice.
    public func delete(
        _ id: String, of owner: PersonKey, ended: @escaping AlertsEnded = { _, _ in }
    ) async throws(StorageError) -> PortfolioOutcome {
        try await change(id, owner, .now()) { (transaction, key) async throws(StorageError) in
            try await ended(
                try await AlertRepository.deleteAll(on: id, tenant: owner.tenant, in: transaction),
                transaction)
            for statement in [
                "DELETE FROM portfolio_holdings WHERE tenant_id = $1 AND user_id = $2 AND portfolio_id = $3",
                "DELETE FROM portfolio_shares WHERE tenant_id = $1 AND owner_id = $2 AND portfolio_id = $3",
                "DELETE FROM portfolios WHERE tenant_id = $1 AND user_id = $2 AND id = $3",
            ] { _ = try await transaction.query(statement, key) }
            return .done
        }
    }

    /// Sets how much of a symbol a portfolio holds; nil takes it out.
    ///
    /// - Parameter limit: How many symbols it may hold.
    public func hold(
        _ symbol: String, _ amount: String?, in id: String, of owner: PersonKey, limit: Int,
        at: Timestamp = .now()
    ) async throws(StorageError) -> PortfolioOutcome {
        try await change(id, owner, at) { (transaction, key) async throws(StorageError) in
            guard let amount else {
                _ = try await transaction.query(
                    """
                    DELETE FROM portfolio_holdings
                    WHERE tenant_id = $1 AND user_id = $2 AND portfolio_id = $3 AND symbol = $4
                    """, key + [.text(symbol)])
                return .done
            }
            let others = """
                SELECT symbol FROM portfolio_holdings
                WHERE tenant_id = $1 AND user_id = $2 AND portfolio_id = $3 AND symbol <> $4
                """
            guard try await hasRoom(transaction, others, key + [.text(symbol)], limit) else { return .full }
            _ = try await transaction.query(
                PortfolioRepository.holding, key + [.text(symbol), .text(amount)])
            return .done
        }
    }

    /// Keeps what comes of alerts that end with the right to read what they watch, inside that transaction.
    public typealias AlertsEnded =
        @Sendable ([StoredAlert], any Queryable) async throws(StorageError) -> Void

    /// Lets a person of the owner's tenant read a portfolio, or no more: then their alerts on it are switched off.
    ///
    /// - Parameters:
    ///   - limit: How many may.
    ///   - ended: Hears which alerts those are. May run twice.
    public func share(
        _ id: String, of owner: PersonKey, with user: String, isShared: Bool, limit: Int,
        at: Timestamp = .now(), ended: @escaping AlertsEnded = { _, _ in }
    ) async throws(StorageError) -> PortfolioOutcome {
        try await change(id, owner, at) { (transaction, key) async throws(StorageError) in
            guard isShared else {
                _ = try await transaction.query(
                    """
                    DELETE FROM portfolio_shares
                    WHERE tenant_id = $1 AND owner_id = $2 AND portfolio_id = $3 AND user_id = $4
                    """, key + [.text(user)])
                let reader = PersonKey(tenant: owner.tenant, user: user)
                try await ended(
                    try await AlertRepository.switchOff(on: id, of: reader, in: transaction), transaction)
                return .done
            }
            let others = """
                SELECT user_id FROM portfolio_shares
                WHERE tenant_id = $1 AND owner_id = $2 AND portfolio_id = $3 AND user_id <> $4
                """
            guard try await hasRoom(transaction, others, key + [.text(user)], limit) else { return .full }
            _ = try await transaction.query(
                """
                INSERT INTO portfolio_shares (tenant_id, owner_id, portfolio_id, user_id, at)
                    VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
                """, key + [.text(user), .integer(at.milliseconds)])
            return .done
        }
    }

    /// Whether one more is fine beside those that a query finds.
    private func hasRoom(
        _ transaction: any Queryable, _ others: String, _ values: [DatabaseValue], _ limit: Int
    ) async throws(StorageError) -> Bool {
        let found = try await transaction.query(
            "\(others) LIMIT $\(values.count + 1)", values + [.integer(Int64(limit))])
        return found.count < limit
    }

    /// Changes a portfolio of this owner, if there is one.
    private func change(
        _ id: String, _ owner: PersonKey, _ at: Timestamp,
        _ body:
            @escaping @Sendable (any Queryable, [DatabaseValue]) async throws(StorageError) ->
            PortfolioOutcome
    ) async throws(StorageError) -> PortfolioOutcome {
        try await database.write { (transaction) async throws(StorageError) in
            let key: [DatabaseValue] = [.text(owner.tenant), .text(owner.user), .text(id)]
            let found = try await transaction.query(
                """
                UPDATE portfolios SET changed_at = $4 WHERE tenant_id = $1 AND user_id = $2 AND id = $3
                RETURNING id
                """, key + [.integer(at.milliseconds)])
            guard !found.isEmpty else { return .unknown }
            return try await body(transaction, key)
        }
    }
}
