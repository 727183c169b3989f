public import Bytes

/// Differences of price sources, as they were seen.
public struct AnomalyRepository: Sendable {
    private let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    /// Keeps anomalies; those that are there already are left as they are.
    public func add(_ records: [AnomalyRecord]) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            try await transaction.execute(
                """
                INSERT INTO price_anomalies (at, symbol, primary_price, secondary_price, percent, primary_source,
                    secondary_source) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
                """,
                records.map { record in
                    [
                        .integer(record.at.milliseconds), .text(record.symbol), .text(record.primary),
                        .text(record.secondary), .optional(record.percent), .text(record.primarySource),
                        .text(record.secondarySource),
                    ]
                })
        }
    }

    /// Anomalies from one moment up to, and without, another, oldest first.
    ///
    /// - Parameters:
    ///   - symbol: Of what; nil for all.
    ///   - position: Moment and symbol of the last one that is known; nil for none.
    public func anomalies(
        of symbol: String? = nil, from: Timestamp, to end: Timestamp,
        after position: (at: Timestamp, symbol: String)? = nil, limit: Int
    ) async throws(StorageError) -> [AnomalyRecord] {
        let parameters: [DatabaseValue] = [
            .integer(from.milliseconds), .integer(end.milliseconds),
            .integer(position?.at.milliseconds ?? -1), .text(position?.symbol ?? ""),
            .integer(Int64(limit)), .text(symbol ?? ""),
        ]
        return try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                """
                SELECT symbol, at, primary_price, secondary_price, percent, primary_source, secondary_source
                FROM price_anomalies WHERE at >= $1 AND at < $2 AND (at, symbol) > ($3, $4)
                    AND ($6 = '' OR symbol = $6) ORDER BY at, symbol LIMIT $5
                """, parameters
            ).decode { (columns) throws(StorageError) in
                AnomalyRecord(
                    symbol: try columns.text(), at: try columns.time(), primary: try columns.text(),
                    secondary: try columns.text(), percent: try columns.optionalText(),
                    primarySource: try columns.text(), secondarySource: try columns.text())
            }
        }
    }

    /// Deletes anomalies from before a moment, some at a time.
    ///
    /// - Returns: How many went; fewer than the limit when none is left.
    public func forget(before cutoff: Timestamp, limit: Int) async throws(StorageError) -> Int {
        try await database.write { (transaction) async throws(StorageError) in
            try await transaction.query(
                """
                DELETE FROM price_anomalies WHERE (at, symbol) IN (SELECT at, symbol FROM price_anomalies
                    WHERE at < $1 ORDER BY at, symbol LIMIT $2) RETURNING symbol
                """, [.integer(cutoff.milliseconds), .integer(Int64(limit))]
            ).count
        }
    }
}
