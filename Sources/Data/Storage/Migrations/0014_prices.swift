extension Migration {
    /// Newest prices and candles. Ticks have a table for each month, made when the month is near: see ``TickMonth``.
    static let prices = Migration(number: 14, name: "prices") { dialect in
        [
            """
            CREATE TABLE prices (
                symbol TEXT NOT NULL PRIMARY KEY, price TEXT NOT NULL, confidence TEXT NOT NULL, at BIGINT NOT NULL,
                source TEXT NOT NULL, volume TEXT
            )\(dialect.clustered)
            """,
            """
            CREATE TABLE candles (
                symbol TEXT NOT NULL, span TEXT NOT NULL, start BIGINT NOT NULL, open TEXT NOT NULL,
                high TEXT NOT NULL, low TEXT NOT NULL, close TEXT NOT NULL, open_at BIGINT NOT NULL,
                close_at BIGINT NOT NULL, volume TEXT, volume_count BIGINT NOT NULL, tick_count BIGINT NOT NULL,
                PRIMARY KEY (symbol, span, start)
            )\(dialect.clustered)
            """,
            "CREATE INDEX candles_by_start ON candles (span, start)",
            "CREATE TABLE tick_months (month BIGINT NOT NULL PRIMARY KEY)\(dialect.clustered)",
        ]
    }
}
