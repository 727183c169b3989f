import Bytes

/// What assets' risk is scored by.
public struct RiskRepository: Sendable {
    private let database: any Database

    /// The one of a store.
    public init(database: any Database) { self.database = database }

    private static let columns = """
        symbol, market_cap, volatility, volume, contract, audit_score, sentiment, top_holders, source_market_cap,
            source_volume, source, changed_at
        """

    /// What is known of an asset.
    public func record(of symbol: String) async throws(StorageError) -> RiskRecord? {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                "SELECT \(RiskRepository.columns) FROM risk_inputs WHERE symbol = $1", [.text(symbol)]
            ).decode(RiskRepository.record).first
        }
    }

    /// What is known of assets, by symbol.
    public func records(after symbol: String, limit: Int) async throws(StorageError) -> [RiskRecord] {
        try await database.read { (transaction) async throws(StorageError) in
            try await transaction.query(
                """
                SELECT \(RiskRepository.columns) FROM risk_inputs WHERE symbol > $1 ORDER BY symbol LIMIT $2
                """, [.text(symbol), .integer(Int64(limit))]
            ).decode(RiskRepository.record)
        }
    }

    /// Sets what is given of an asset, in place of what was given before.
    public func give(_ record: RiskRecord) async throws(StorageError) {
        try await database.write { (transaction) async throws(StorageError) in
            _ = try await transaction.query(
                """
                INSERT INTO risk_inputs (symbol, market_cap, volatility, volume, contract, audit_score, sentiment,
                    top_holders, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                ON CONFLICT (symbol) DO UPDATE SET market_cap = EXCLUDED.market_cap,
                    volatility = EXCLUDED.volatility, volume = EXCLUDED.volume, contract = EXCLUDED.contract,
                    audit_score = EXCLUDED.audit_score, sentiment = EXCLUDED.sentiment,
                    top_holders = EXCLUDED.top_holders, changed_at = EXCLUDED.changed_at
                """,
                [
                    .text(record.symbol), .optional(record.marketCap), .optional(record.volatility),
                    .optional(record.volume), .optional(record.contract), .optional(record.auditScore),
                    .optional(record.sentiment), .optional(record.topHolders),
                    .integer(record.changedAt.milliseconds),
                ])
        }
    }

    /// Sets what a price source says of assets; what is given stays.
    public func learn(_ records: [RiskRecord]) async throws(StorageError) {
        guard !records.isEmpty else { return }
        try await database.write { (transaction) async throws(StorageError) in
            try await transaction.execute(
                """
                INSERT INTO risk_inputs (symbol, source_market_cap, source_volume, source, changed_at)
                    VALUES ($1, $2, $3, $4, $5)
                ON CONFLICT (symbol) DO UPDATE SET source_market_cap = EXCLUDED.source_market_cap,
                    source_volume = EXCLUDED.source_volume, source = EXCLUDED.source,
                    changed_at = EXCLUDED.changed_at
                """,
                records.map { record in
                    [
                        .text(record.symbol), .optional(record.sourceMarketCap),
                        .optional(record.sourceVolume), .optional(record.source),
                        .integer(record.changedAt.milliseconds),
                    ]
                })
        }
    }

    private static func record(_ columns: inout RowReader) throws(StorageError) -> RiskRecord {
        let symbol = try columns.text()
        var record = RiskRecord(symbol: symbol, changedAt: Timestamp(milliseconds: 0))
        record.marketCap = try columns.optionalText()
        record.volatility = try columns.optionalText()
        record.volume = try columns.optionalText()
        record.contract = try columns.optionalText()
        record.auditScore = try columns.optionalText()
        record.sentiment = try columns.optionalText()
        record.topHolders = try columns.optionalText()
        record.sourceMarketCap = try columns.optionalText()
        record.sourceVolume = try columns.optionalText()
        record.source = try columns.optionalText()
        record.changedAt = try columns.time()
        return record
    }
}
