extension Setting {
    /// Prices and what comes of them.
    static let prices: [Setting] =
        [
            Setting(
                "demo_prices", .flag, "false",
                "Makes prices up: a random walk of symbols that begin with `DEMO-`, so that there is something to see."
            ),
            Setting(
                "prices.symbols", .integer(1...1_000_000), "10000", unit: "symbols",
                "Symbols that may have a price; further ones are refused."),
            Setting(
                "prices.queue", .integer(1...10_000_000), "100000", unit: "ticks",
                "Ticks that wait for the store; beyond that further ones are refused as `unavailable`."),
            Setting(
                "prices.ahead_ms", .integer(0...86_400_000), "5000", unit: "ms",
                "How far ahead of the server's clock a tick's moment may be."),
            Setting(
                "prices.stale_ms", .integer(0...86_400_000), "120000", unit: "ms",
                "How long a price without a newer one counts; then it is told to be `stale`. 0: for ever."),
            Setting(
                "prices.retention_days", .integer(0...36_500), "730", unit: "days",
                "How long ticks are kept; they go by the month. 0: for ever."),
        ] + sources

    /// Where prices are asked for.
    private static let sources: [Setting] = [
        Setting(
            "prices.primary", .choice(["none", "coingecko", "coinmarketcap"]), "none",
            "The source that is asked for prices. `none`: prices come from those alone who tell them."),
        Setting(
            "prices.primary_url", .text, "",
            "Its address; empty: the public one."),
        Setting("prices.primary_key", .text, "", secret: true, "Our key there, where it wants one."),
        Setting(
            "prices.primary_ids", .list, "",
            "What it is asked for: a symbol and the source's own name of it, as `BTC-USD=bitcoin`; for CoinMarketCap its number, as `BTC-USD=1`."
        ),
        Setting(
            "prices.secondary", .choice(["none", "coingecko", "coinmarketcap"]), "none",
            "The source that the primary one is compared with, and that is asked where that one fails."),
        Setting("prices.secondary_url", .text, "", "The same for the secondary source."),
        Setting("prices.secondary_key", .text, "", secret: true, "The same for the secondary source."),
        Setting("prices.secondary_ids", .list, "", "The same for the secondary source."),
        Setting("prices.currency", .text, "usd", "In what the sources are to say prices, as `usd`."),
        Setting(
            "prices.period_ms", .integer(10...86_400_000), "60000", unit: "ms",
            "How often the sources are asked."),
        Setting(
            "prices.cross_check", .choice(["sample", "all"]), "sample",
            "How the secondary source is asked: for a tenth of the symbols in turn, which sets how far a price is trusted until its next turn, or for all, and the price is the mean."
        ),
        Setting(
            "prices.timeout_ms", .integer(50...600_000), "10000", unit: "ms",
            "How long a source may take to answer."),
        Setting(
            "prices.requests_per_minute", .integer(0...100_000), "30", unit: "requests/min",
            "How often a source is asked at most, for 100 symbols each; 0 for no limit."),
        Setting(
            "prices.rest_ms", .integer(10...3_600_000), "60000", unit: "ms",
            "How long a source that has failed five times in a row is left alone; then one question tries it."
        ),
        Setting(
            "prices.binance_ids", .list, "",
            "What is listened to at Binance, as `BTC-USD=btcusdt`. Empty: nothing."),
        Setting("prices.binance_url", .text, "", "Where that is; empty: Binance's public address."),
        Setting(
            "prices.coinbase_ids", .list, "",
            "What is listened to at Coinbase Exchange, as `BTC-USD=BTC-USD`. Empty: nothing."),
        Setting("prices.coinbase_url", .text, "", "Where that is; empty: Coinbase's public address."),
        Setting(
            "prices.feed_silence_ms", .integer(50...3_600_000), "30000", unit: "ms",
            "How long a connection to a source may be silent before another one is made."),
        Setting(
            "prices.authorities", .text, "",
            "A PEM file of authorities to trust for the sources in place of the system's."),
        Setting(
            "portfolios.per_person", .integer(0...10_000), "20", unit: "portfolios",
            "Portfolios that one person may have."),
        Setting(
            "portfolios.holdings", .integer(1...10_000), "200", unit: "symbols",
            "Symbols that one portfolio may hold."),
        Setting(
            "portfolios.shares", .integer(0...10_000), "50", unit: "people",
            "People who may read one portfolio beside its owner."),
        Setting(
            "portfolios.watched", .integer(0...1_000_000), "5000", unit: "portfolios",
            "Portfolios that alerts may watch at a time, all people's together: their values are kept current for that. Alerts on further ones are refused."
        ),
        Setting(
            "watchlists.per_person", .integer(0...10_000), "20", unit: "lists",
            "Watch-lists that one person may have."),
        Setting(
            "watchlists.symbols", .integer(1...10_000), "200", unit: "symbols",
            "Symbols that one watch-list may have."),
        Setting(
            "prices.risk_ms", .integer(50...86_400_000), "3600000", unit: "ms",
            "How long a risk score holds while what it is made of does not change."),
        Setting(
            "prices.anomaly_days", .integer(0...36_500), "90", unit: "days",
            "How long differences of sources are kept. 0: for ever."),
    ]
}
