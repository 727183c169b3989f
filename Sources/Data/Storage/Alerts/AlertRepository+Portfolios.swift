extension AlertRepository {
    /// The name of the mark that says whose values of portfolios count.
    private static let termMark = "portfolios"

    // MARK: Who tells values

    /// Begins a term: from now on values of portfolios count that are told in it, and those of terms before do not.
    ///
    /// - Returns: Its number.
    public func beginTerm() async throws(StorageError) -> Int64 {
        try await database.write { (transaction) async throws(StorageError) in
            var columns = try await transaction.first(
                """
                INSERT INTO alert_marks (name, seq) VALUES ($1, 1)
                ON CONFLICT (name) DO UPDATE SET seq = alert_marks.seq + 1 RETURNING seq
                """, [.text(AlertRepository.termMark)])?.columns
            guard let term = try columns?.integer() else { throw .corrupt("the terms of alerts have no end") }
            return term
        }
    }

    /// Notes values of portfolios in the log, if another term has not begun.
    ///
    /// - Returns: How many were noted; nil where the term is over.
    public func log(_ values: [WatchedValue], term: Int64) async throws(StorageError) -> Int? {
        try await database.write { (transaction) async throws(StorageError) in
            var columns = try await transaction.first(
                "SELECT seq FROM alert_marks WHERE name = $1", [.text(AlertRepository.termMark)])?.columns
            guard try columns?.integer() == term else { return nil }
            return try await AlertRepository.log(values, in: transaction)
        }
    }

    // MARK: Who may watch

    /// Refuses an alert on a portfolio that its owner may not read.
    static func checkReader(
        of alert: StoredAlert, in transaction: any Queryable
    ) async throws(StorageError) {
        guard alert.topic.isPortfolio else { return }
        let found = try await transaction.first(
            """
            SELECT id FROM portfolios WHERE tenant_id = $1 AND id = $3 AND (user_id = $2 OR id IN (
                SELECT portfolio_id FROM portfolio_shares WHERE tenant_id = $1 AND user_id = $2))
            """, [.text(alert.person.tenant), .text(alert.person.user), .text(alert.topic.subject)])
        guard found != nil else { throw .notFound("the portfolio") }
    }

    /// Whether one more portfolio may be watched, where the alert's is not watched yet.
    static func hasRoom(
        for alert: StoredAlert, _ limit: Int, in transaction: any Queryable
    ) async throws(StorageError) -> Bool {
        guard alert.topic.isPortfolio else { return true }
        let others = try await transaction.query(
            """
            SELECT DISTINCT subject FROM alerts WHERE kind = $1 AND subject <> $2 AND active = 1 LIMIT $3
            """, [.text(alert.topic.kind), .text(alert.topic.subject), .integer(Int64(limit))])
        return others.count < limit
    }

    // MARK: What ends

    /// Switches off alerts of somebody who may not read a portfolio any more.
    ///
    /// - Returns: Those that were active, with their new places in the log.
    static func switchOff(
        on portfolio: String, of person: PersonKey, in transaction: any Queryable
    ) async throws(StorageError) -> [StoredAlert] {
        try await noted(
            try await transaction.query(
                """
                UPDATE alerts SET active = 0
                WHERE kind = 'portfolio_value' AND subject = $3 AND tenant_id = $1 AND user_id = $2 AND active = 1
                RETURNING \(StoredAlert.columns)
                """, [.text(person.tenant), .text(person.user), .text(portfolio)]), in: transaction)
    }

    /// Deletes all alerts on a portfolio, whoever has them.
    ///
    /// - Returns: Those that were there, with their last places in the log.
    static func deleteAll(
        on portfolio: String, tenant: String, in transaction: any Queryable
    ) async throws(StorageError) -> [StoredAlert] {
        let ended = try await noted(
            try await transaction.query(
                """
                DELETE FROM alerts WHERE kind = 'portfolio_value' AND subject = $2 AND tenant_id = $1
                RETURNING \(StoredAlert.columns)
                """, [.text(tenant), .text(portfolio)]), in: transaction)
        _ = try await transaction.query(
            "DELETE FROM alert_values WHERE kind = 'portfolio_value' AND subject = $1", [.text(portfolio)])
        return ended
    }

    /// Deletes a person's alerts, and those that others have on the person's portfolios.
    ///
    /// - Returns: How many were the person's own.
    static func deleteAll(
        of person: PersonKey, in transaction: any Queryable
    ) async throws(StorageError) -> Int {
        let key: [DatabaseValue] = [.text(person.tenant), .text(person.user)]
        let own = try await noted(
            try await transaction.query(
                """
                DELETE FROM alerts WHERE tenant_id = $1 AND user_id = $2 RETURNING \(StoredAlert.columns)
                """, key), in: transaction)
        let portfolios = "(SELECT id FROM portfolios WHERE tenant_id = $1 AND user_id = $2)"
        _ = try await noted(
            try await transaction.query(
                """
                DELETE FROM alerts WHERE kind = 'portfolio_value' AND tenant_id = $1 AND subject IN \(portfolios)
                RETURNING \(StoredAlert.columns)
                """, key), in: transaction)
        _ = try await transaction.query(
            "DELETE FROM alert_values WHERE kind = 'portfolio_value' AND subject IN \(portfolios)", key)
        return own.count
    }

    /// Notes alerts that are gone or off in the log, so that whoever evaluates lets go of them.
    private static func noted(
        _ rows: [Row], in transaction: any Queryable
    ) async throws(StorageError) -> [StoredAlert] {
        var alerts = try rows.decode(StoredAlert.init)
        for index in alerts.indices {
            alerts[index].armedSeq = try await logChange(of: alerts[index], in: transaction)
        }
        return alerts
    }
}
