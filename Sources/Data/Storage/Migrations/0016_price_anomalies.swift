extension Migration {
    /// Differences of price sources.
    static let priceAnomalies = Migration(number: 16, name: "price_anomalies") { dialect in
        [
            """
            CREATE TABLE price_anomalies (
                at BIGINT NOT NULL, symbol TEXT NOT NULL, primary_price TEXT NOT NULL,
                secondary_price TEXT NOT NULL, percent TEXT, primary_source TEXT NOT NULL,
                secondary_source TEXT NOT NULL, PRIMARY KEY (at, symbol)
            )\(dialect.clustered)
            """
        ]
    }
}
