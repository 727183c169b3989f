import Bytes

/// Alerts, and the log by which they are evaluated.
///
/// Values of what active alerts watch, and changes of alerts, are entries of one log, each written in the transaction of
/// what it tells of. One process reads the log and evaluates; what has fired and how far it has read are one transaction
/// too, so that every value counts once whoever reads: see Decision 14.
public struct AlertRepository: Sendable {
    let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    /// What became of a new alert.
    public enum Making: Sendable, Hashable {
        /// It is there now.
        case made(StoredAlert)
        /// One with its client id was there already.
        case known(StoredAlert)
        /// The person has as many as they may.
        case tooMany
        /// As many portfolios are watched as may be; only with ``StoredAlert/topic`` of another one.
        case tooManyPortfolios
    }

    // MARK: People's own

    /// Keeps a new alert.
    ///
    /// - Parameters:
    ///   - limit: How many a person may have.
    ///   - portfolios: How many portfolios may be watched, all people's together.
    ///   - value: What is watched is worth now, where it is a portfolio.
    /// - Throws: ``StorageError/notFound(_:)`` where it watches a portfolio that the person may not read.
    public func make(
        _ alert: StoredAlert, limit: Int, portfolios: Int = .max, value: String? = nil
    ) async throws(StorageError) -> Making {
        try await database.write { (transaction) async throws(StorageError) in
            let key: [DatabaseValue] = [.text(alert.person.tenant), .text(alert.person.user)]
            if let clientID = alert.clientID {
                let known = try await transaction.query(
                    """
                    SELECT \(StoredAlert.columns) FROM alerts
                    WHERE tenant_id = $1 AND user_id = $2 AND client_id = $3
                    """, key + [.text(clientID)])
                if let first = try known.decode(StoredAlert.init).first { return .known(first) }
            }
            var count = try await transaction.first(
                "SELECT COUNT(*) FROM alerts WHERE tenant_id = $1 AND user_id = $2", key)?.columns
            guard try count?.integer() ?? 0 < Int64(limit) else { return .tooMany }
            try await AlertRepository.checkReader(of: alert, in: transaction)
            guard try await AlertRepository.hasRoom(for: alert, portfolios, in: transaction) else {
                return .tooManyPortfolios
            }
            var alert = alert
            alert.armedSeq = try await AlertRepository.logChange(of: alert, value, in: transaction)
            _ = try await transaction.query(
                """
                INSERT INTO alerts (\(StoredAlert.columns))
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                """, alert.values)
            return .made(alert)
        }
    }

    /// Changes a person's alert.
    ///
    /// - Parameters:
    ///   - portfolios: How many portfolios may be watched, all people's together.
    ///   - value: What is watched is worth now, where it is a portfolio.
    ///   - change: May run twice. A condition that changes, or begins to count, is looked at anew.
    /// - Returns: The alert as it is now; nil where the person has none of that id.
    /// - Throws: ``StorageError/notFound(_:)`` where it is switched on and watches a portfolio that the person may not read,
    ///   ``StorageError/conflict(_:)`` where it is switched on and as many portfolios are watched as may be.
    public func change(
        _ id: String, of person: PersonKey, portfolios: Int = .max, value: String? = nil,
        _ change: @escaping @Sendable (inout StoredAlert) -> Void
    ) async throws(StorageError) -> StoredAlert? {
        try await database.write { (transaction) async throws(StorageError) in
            guard let before = try await AlertRepository.alert(id, of: person, in: transaction) else {
                return nil
            }
            var after = before
            change(&after)
            guard after != before else { return before }
            if after.isActive, !before.isActive {
                try await AlertRepository.checkReader(of: after, in: transaction)
                guard try await AlertRepository.hasRoom(for: after, portfolios, in: transaction) else {
                    throw .conflict("As many portfolios are watched as may be.")
                }
            }
            let seq = try await AlertRepository.logChange(of: after, value, in: transaction)
            let isNews =
                after.comparison != before.comparison || after.value != before.value
                || after.isActive && !before.isActive
            if isNews { after.armedSeq = seq }
            _ = try await transaction.query(
                """
                UPDATE alerts SET operator = $2, value = $3, repeat = $4, cooldown = $5, note = $6, active = $7,
                    armed_seq = $8 WHERE id = $1
                """,
                [
                    .text(id), .text(after.comparison), .text(after.value), .text(after.repetition),
                    .integer(after.cooldown), .text(after.note), .bool(after.isActive),
                    .integer(after.armedSeq),
                ])
            return after
        }
    }

    /// Deletes a person's alert.
    ///
    /// - Returns: Whether it was there.
    public func delete(_ id: String, of person: PersonKey) async throws(StorageError) -> Bool {
        try await database.write { (transaction) async throws(StorageError) in
            guard let alert = try await AlertRepository.alert(id, of: person, in: transaction) else {
                return false
            }
            _ = try await transaction.query("DELETE FROM alerts WHERE id = $1", [.text(id)])
            _ = try await AlertRepository.logChange(of: alert, in: transaction)
            return true
        }
    }

    /// A person's alert.
    public func alert(_ id: String, of person: PersonKey) async throws(StorageError) -> StoredAlert? {
        try await database.read { (transaction) async throws(StorageError) in
            try await AlertRepository.alert(id, of: person, in: transaction)
        }
    }

    private static func alert(
        _ id: String, of person: PersonKey, in transaction: any Queryable
    ) async throws(StorageError) -> StoredAlert? {
        try await transaction.query(
            "SELECT \(StoredAlert.columns) FROM alerts WHERE id = $1 AND tenant_id = $2 AND user_id = $3",
            [.text(id), .text(person.tenant), .text(person.user)]
        ).decode(StoredAlert.init).first
    }

    /// A person's alerts, newest first.
    ///
    /// - Parameters:
    ///   - subject: Only those that watch this symbol or portfolio.
    ///   - cursor: The id that the last page ended with.
    public func list(
        of person: PersonKey, subject: String? = nil, cursor: String? = nil, limit: Int
    ) async throws(StorageError) -> Page<StoredAlert> {
        let limit = limit.asPageLimit
        return try await database.read { (transaction) async throws(StorageError) in
            let found = try await transaction.query(
                """
                SELECT \(StoredAlert.columns) FROM alerts
                WHERE tenant_id = $1 AND user_id = $2 AND id < $3 AND ($4 = '' OR subject = $4)
                ORDER BY id DESC LIMIT $5
                """,
                [
                    .text(person.tenant), .text(person.user), .text(cursor ?? "~"), .text(subject ?? ""),
                    .integer(Int64(limit) + 1),
                ]
            ).decode(StoredAlert.init)
            return Page(found, limit: limit, cursor: \.id)
        }
    }
}
