import Identity
import Notifications
import Outbound
import Prices
import PubSub
import Reactor
import Storage
import Telemetry

extension Assembly {
    /// What asks sources of prices; nil where none is configured.
    ///
    /// - Parameter duties: What the process has in common with others over the same store.
    private func priceRounds(
        _ service: PriceService, _ client: HTTPClient, _ topics: Mailbox<TopicMail>,
        _ duties: (any SharedDuties)?
    ) -> PriceRounds? {
        guard let primary = source("primary", client) else { return nil }
        var settings = RoundSettings()
        settings.periodMilliseconds = configuration.integer("prices.period_ms")
        settings.mode = PriceCheck.Mode(rawValue: configuration.text("prices.cross_check")) ?? .sample
        settings.anomalyDays = configuration.int("prices.anomaly_days")
        return PriceRounds(
            primary: primary, secondary: source("secondary", client), service: service,
            store: service.anomalies, topics: topics, settings: settings,
            duty: duties.map {
                KeptDuty("prices", $0, periodMilliseconds: settings.periodMilliseconds)
            }, risk: service.risk)
    }

    private func source(_ place: String, _ client: HTTPClient) -> SourceClient? {
        let kind = configuration.text("prices.\(place)")
        let base = configuration.optional("prices.\(place)_url")
        let key = configuration.text("prices.\(place)_key")
        let currency = configuration.text("prices.currency")
        let source: any PriceSource
        switch kind {
        case "coingecko":
            source = CoinGeckoSource(
                base: base ?? CoinGeckoSource.address, key: key, currency: currency)
        case "coinmarketcap":
            source = CoinMarketCapSource(
                base: base ?? CoinMarketCapSource.address, key: key, currency: currency)
        default: return nil
        }
        var settings = SourceSettings(ids: configuration.sourceIDs("prices.\(place)_ids") ?? [:])
        settings.timeout = .milliseconds(configuration.integer("prices.timeout_ms"))
        settings.requestsPerMinute = configuration.int("prices.requests_per_minute")
        let rest = configuration.integer("prices.rest_ms")
        settings.breaker = CircuitBreaker.Policy(
            failureLimit: CircuitBreaker.Policy.priceSource.failureLimit, firstPause: rest,
            longestPause: rest)
        return SourceClient(source, client, settings)
    }
}

extension Assembly {
    /// Prices as the server uses them.
    func prices(
        _ database: any Database, _ topics: Mailbox<TopicMail>, _ duties: (any SharedDuties)?,
        _ hints: Mailbox<PriceHint>?
    ) -> PriceService {
        let history = PriceRepository(database: database)
        let settings = configuration.prices
        let milliseconds = configuration.integer("prices.risk_ms")
        let risk = RiskService(
            store: RiskRepository(database: database), history: history, topics: topics,
            milliseconds: milliseconds, isShared: settings.isShared,
            duty: duties.map { KeptDuty("risk", $0, periodMilliseconds: milliseconds) })
        return PriceService(
            desk: Mailbox(on: topics.executor), history: history,
            anomalies: AnomalyRepository(database: database), risk: risk, settings: settings, hints: hints)
    }

    /// People's portfolios.
    func portfolios(
        _ database: any Database, _ prices: PriceService, _ notifications: NotificationService,
        _ topics: Mailbox<TopicMail>, _ changes: ChangeBell
    ) -> PortfolioService {
        var settings = PortfolioSettings()
        settings.perPerson = configuration.int("portfolios.per_person")
        settings.holdings = configuration.int("portfolios.holdings")
        settings.shares = configuration.int("portfolios.shares")
        settings.watched = configuration.int("portfolios.watched")
        return PortfolioService(
            store: PortfolioRepository(database: database), prices: prices,
            notifications: notifications, topics: topics, settings: settings, changed: { changes.ring() })
    }

    /// People's watch-lists.
    func watchlists(_ database: any Database, _ topics: Mailbox<TopicMail>) -> WatchlistService {
        var settings = WatchlistSettings()
        settings.perPerson = configuration.int("watchlists.per_person")
        settings.symbols = configuration.int("watchlists.symbols")
        return WatchlistService(
            store: WatchlistRepository(database: database), topics: topics, settings: settings)
    }

    /// What asks and listens to sources of prices, and what makes candles of all ticks.
    struct PriceSources: Sendable {
        let rounds: PriceRounds?
        let feeds: [PriceFeed]
        let candles: CandleMaker
        private let client: HTTPClient
        private let risk: RiskService
        private let watches: [Watch]

        fileprivate init(
            _ client: HTTPClient, _ risk: RiskService, _ candles: CandleMaker, _ rounds: PriceRounds?,
            _ feeds: [PriceFeed]
        ) {
            self.client = client
            self.risk = risk
            self.candles = candles
            self.rounds = rounds
            self.feeds = feeds
            watches = (0..<4 + feeds.count).map { _ in Watch() }
        }

        /// Begins; where other processes tell prices too, learns them.
        func start(_ prices: PriceService) {
            if prices.settings.isShared { watches[0].start { await prices.follow() } }
            watches[2].start { await prices.risk.run() }
            if let rounds { watches[1].start { await rounds.run() } }
            if prices.settings.isStoreShared { watches[3].start { await candles.run() } }
            for (index, feed) in feeds.enumerated() { watches[4 + index].start { await feed.run() } }
        }

        /// What is left to do behind a transaction of prices.
        func heard(_ outcome: PriceBatchOutcome, _ prices: PriceService, _ alerts: AlertService) {
            if outcome.watched > 0 { alerts.wake() }
            guard outcome.owed > 0 else { return }
            candles.wake()
            prices.hints?.post(.ticksOwed)
        }

        /// What other processes say of prices.
        func heard(_ hint: PriceHint, _ prices: PriceService, _ alerts: AlertService) {
            switch hint {
            case .alertsLogged: alerts.heard()
            case .ticksOwed: candles.wake()
            case .candlesWanted(let channels): prices.desk.post(.candlesWanted(channels))
            case .candlesMoved: break
            }
        }

        func stop() {
            for watch in watches { watch.stop() }
            client.close()
        }

        /// Leaves the duties to other processes.
        func resign() async {
            await rounds?.resign()
            await risk.resign()
            await candles.resign()
            for feed in feeds { await feed.resign() }
        }
    }

    /// The sources that are configured.
    func priceSources(
        _ service: PriceService, _ topics: Mailbox<TopicMail>, _ duties: (any SharedDuties)?
    ) async throws -> PriceSources {
        let client = HTTPClient(authorityPath: configuration.optional("prices.authorities"))
        let rounds = priceRounds(service, client, topics, duties)
        let sources: [(any TickerSource, String)] = [
            (BinanceTickers(), BinanceTickers.address), (CoinbaseTickers(), CoinbaseTickers.address),
        ]
        var feeds: [PriceFeed] = []
        for (source, address) in sources {
            let ids = configuration.sourceIDs("prices.\(source.name)_ids") ?? [:]
            let text = configuration.optional("prices.\(source.name)_url") ?? address
            guard !ids.isEmpty, let url = WebSocketURL(text) else { continue }
            let tls =
                url.isSecure
                ? try TLSContext(authorityPath: configuration.optional("prices.authorities")) : nil
            var settings = FeedSettings(url: url, tls: tls, ids: ids)
            settings.silenceMilliseconds = configuration.integer("prices.feed_silence_ms")
            let duty = duties.map {
                KeptDuty("prices-\(source.name)", $0, periodMilliseconds: settings.silenceMilliseconds)
            }
            feeds.append(
                PriceFeed(source, settings, service: service, on: try await LoopHost(), duty: duty))
        }
        return PriceSources(client, service.risk, CandleMaker(service, duties: duties), rounds, feeds)
    }
}

extension PortfolioService {
    /// What an erased person had is nobody's any more, at once.
    func forgets(_ erased: ChangeBell) {
        erased.onRing {
            Task {
                do throws(StorageError) {
                    try await reload()
                } catch {
                    Log.warning("who may read portfolios cannot be read: \(error)")
                }
            }
        }
    }
}

extension Configuration {
    /// Symbols and a source's names of them; nil where they are not written as they should be.
    func sourceIDs(_ key: String) -> [Symbol: String]? {
        var ids: [Symbol: String] = [:]
        for item in list(key) {
            let parts = item.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let symbol = Symbol(String(parts[0])), ids[symbol] == nil,
                Configuration.isSourceID(parts[1])
            else { return nil }
            ids[symbol] = String(parts[1])
        }
        return ids
    }

    /// What can stand in an address as it is.
    private static func isSourceID(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
                default: false
                }
            }
    }
}
