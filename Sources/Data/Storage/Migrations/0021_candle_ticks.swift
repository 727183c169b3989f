extension Migration {
    /// Ticks that candles are still to take in, and who makes candles: see ``PriceRepository/takeCandles()``.
    static let candleTicks = Migration(number: 21, name: "candle_ticks") { dialect in
        [
            """
            CREATE TABLE candle_ticks (
                seq BIGINT NOT NULL PRIMARY KEY, symbol TEXT NOT NULL, at BIGINT NOT NULL, source TEXT NOT NULL,
                key TEXT NOT NULL, number BIGINT NOT NULL, price TEXT NOT NULL, volume TEXT
            )\(dialect.clustered)
            """,
            "CREATE INDEX candle_ticks_by_symbol ON candle_ticks (symbol, at, source, key)",
            "CREATE TABLE candle_marks (name TEXT NOT NULL PRIMARY KEY, value BIGINT NOT NULL)\(dialect.clustered)",
        ]
    }
}
