import Prices
import Reactor
import Telemetry

/// What the sources of prices tell to a scrape.
enum SourceMetrics {
    /// Writes their figures; all of them have their names where there is no source, too.
    static func write(_ text: inout Exposition, _ sources: Assembly.PriceSources) {
        writeRounds(&text, sources.rounds)
        text.begin(Metric("stoa_candle_maker", .gauge, "Whether this process makes the candles."))
        text.sample(sources.candles.isHere ? 1 : 0)
        let feeds = sources.feeds.map { (name: $0.name, figures: $0.figures) }
        text.begin(
            Metric("stoa_price_feed_open", .gauge, "Whether there is a connection to a source of prices."))
        for feed in feeds { text.sample(feed.figures.isOpen ? 1 : 0, ["source": feed.name]) }
        text.begin(
            Metric("stoa_price_feed_connections_total", .counter, "Connections to sources of prices."))
        for feed in feeds { text.sample(feed.figures.connections, ["source": feed.name]) }
        text.begin(Metric("stoa_price_feed_prices_total", .counter, "Prices that came over them."))
        for feed in feeds { text.sample(feed.figures.prices, ["source": feed.name]) }
        text.begin(
            Metric("stoa_price_feed_missed_total", .counter, "Trades whose own price a source left out."))
        for feed in feeds { text.sample(feed.figures.missed, ["source": feed.name]) }
        text.begin(
            Metric(
                "stoa_price_feed_asked_total", .counter,
                "Newest prices asked for since a source had traded and not told."))
        for feed in feeds { text.sample(feed.figures.asked, ["source": feed.name]) }
        text.begin(
            Metric("stoa_price_feed_bad_total", .counter, "Messages of sources that are none, or refusals."))
        for feed in feeds { text.sample(feed.figures.bad, ["source": feed.name]) }
    }

    private static func writeRounds(_ text: inout Exposition, _ rounds: PriceRounds?) {
        let now = MonotonicClock.milliseconds()
        let sources = rounds?.sources ?? []
        let figures = rounds?.figures ?? RoundFigures()
        text.begin(
            Metric("stoa_price_source_requests_total", .counter, "Questions to price sources, by outcome."))
        for (name, source) in sources {
            text.sample(source.answered, ["source": name, "outcome": "answered"])
            text.sample(source.failed, ["source": name, "outcome": "failed"])
            text.sample(source.limited, ["source": name, "outcome": "limited"])
            text.sample(source.unasked, ["source": name, "outcome": "unasked"])
        }
        text.begin(
            Metric("stoa_price_source_spared", .gauge, "Whether a price source is left alone at the moment."))
        for (name, source) in sources { text.sample(source.isSpared ? 1 : 0, ["source": name]) }
        text.begin(
            Metric("stoa_price_source_age_seconds", .gauge, "Since when a price source has not answered."))
        for (name, source) in sources {
            if let at = source.answeredAt { text.sample(Int((now - at) / 1000), ["source": name]) }
        }
        text.begin(
            Metric("stoa_price_rounds_total", .counter, "Rounds of questions to price sources that ended."))
        text.sample(figures.rounds)
        text.begin(
            Metric("stoa_price_round_age_seconds", .gauge, "How long ago the last round ended, here."))
        if let at = figures.endedAt { text.sample(Int((now - at) / 1000)) }
        text.begin(Metric("stoa_price_asker", .gauge, "Whether this process asks price sources."))
        text.sample(rounds != nil && figures.isAsking ? 1 : 0)
        text.begin(
            Metric("stoa_round_prices_total", .counter, "Prices that rounds came to, by confidence."))
        for confidence in Confidence.allCases {
            text.sample(figures.prices[confidence] ?? 0, ["confidence": confidence.rawValue])
        }
        text.begin(
            Metric("stoa_price_anomalies_total", .counter, "Prices of two sources that are too far apart."))
        text.sample(figures.anomalies)
    }
}
