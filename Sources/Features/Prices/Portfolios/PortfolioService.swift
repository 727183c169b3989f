import Bytes
import Decimals
public import Notifications
public import PubSub
public import Reactor
public import Storage

/// People's portfolios as the rest of the server uses them; any thread.
public struct PortfolioService: Sendable {
    /// How far back a change is measured, in milliseconds.
    private static let dayMilliseconds: Int64 = 86_400_000

    /// The store.
    public let store: PortfolioRepository
    /// Bounds.
    public let settings: PortfolioSettings
    /// Who may read which.
    public let access: PortfolioAccess
    /// The door of who keeps live values.
    public let desk: Mailbox<PortfolioMail>
    /// How many are open.
    public let counts = PortfolioCounts()
    let prices: PriceService
    private let notifications: NotificationService
    private let topics: Mailbox<TopicMail>
    private let changed: @Sendable () -> Void

    /// A service in front of a desk.
    ///
    /// - Parameters:
    ///   - notifications: Tells people that their alerts have ended.
    ///   - changed: Called when other processes have to look at who may read what.
    public init(
        store: PortfolioRepository, prices: PriceService, notifications: NotificationService,
        topics: Mailbox<TopicMail>,
        settings: PortfolioSettings, changed: @escaping @Sendable () -> Void = {}
    ) {
        self.store = store
        self.prices = prices
        self.notifications = notifications
        self.topics = topics
        self.settings = settings
        self.changed = changed
        access = PortfolioAccess()
        desk = Mailbox(on: topics.executor)
    }

    /// Reads who may read what; those who may not any more are out at once.
    public func load() async throws(StorageError) {
        for (channel, people) in access.replace(try await store.readers()) {
            topics.post(.revoke(channel: channel, users: people))
        }
        desk.post(.reload)
    }

    /// Reads it again, here and at other processes.
    public func reload() async throws(StorageError) {
        try await load()
        changed()
    }

    /// A portfolio has been changed here.
    ///
    /// - Returns: As it is now; nil where there is none any more.
    public func changed(_ id: String, tenant: String) async throws(StorageError) -> PortfolioRecord? {
        let record = try await store.portfolio(id, tenant: tenant)
        let lost = access.set(record, id)
        if !lost.isEmpty { topics.post(.revoke(channel: PortfolioAccess.channel(id), users: lost)) }
        desk.post(.changed(id: id))
        changed()
        return record
    }

    /// Deletes a portfolio and the alerts on it; others are told of theirs.
    public func delete(
        _ id: String, of owner: PersonKey
    ) async throws(StorageError) -> PortfolioOutcome {
        let notifications = notifications
        let outcome = try await store.delete(id, of: owner) {
            (alerts, transaction) async throws(StorageError) in
            let others = alerts.filter { $0.person != owner && $0.isActive }
            guard !others.isEmpty else { return }
            let name = try await PortfolioRepository.names([(owner.tenant, id)], in: transaction)[id]
            try await notifications.store(
                others.map { AlertNotice.draft($0, ended: .deleted, portfolio: name) }, in: transaction)
        }
        notifications.stored()
        return outcome
    }

    /// Lets a person read a portfolio, or no more: then their alerts on it end, and they are told.
    public func share(
        _ id: String, of owner: PersonKey, with user: String, isShared: Bool
    ) async throws(StorageError) -> PortfolioOutcome {
        let notifications = notifications
        let outcome = try await store.share(
            id, of: owner, with: user, isShared: isShared, limit: settings.shares
        ) { (alerts, transaction) async throws(StorageError) in
            guard !alerts.isEmpty else { return }
            let name = try await PortfolioRepository.names([(owner.tenant, id)], in: transaction)[id]
            try await notifications.store(
                alerts.map { AlertNotice.draft($0, ended: .revoked, portfolio: name) }, in: transaction)
        }
        notifications.stored()
        return outcome
    }

    /// What all of a portfolio is worth now whose price is known.
    func value(_ record: PortfolioRecord) async throws(StorageError) -> ExactDecimal? {
        guard var portfolio = Portfolio(record) else { return nil }
        let symbols = Array(portfolio.holdings.keys)
        let kept = try await keptPrices(symbols)
        for price in await prices.prices(symbols) + kept.values where price.isNewest(beside: kept) {
            _ = try? portfolio.take(price.symbol, price.value.price)
        }
        return try? portfolio.value()
    }

    /// What the store has, of several processes: this one may hear a second later of what others are told.
    private func keptPrices(_ symbols: [Symbol]) async throws(StorageError) -> [Symbol: QuotedPrice] {
        guard prices.settings.isShared else { return [:] }
        let now = Timestamp.now()
        let records = try await prices.history.prices(of: symbols.map(\.text))
        let quotes = records.compactMap { QuotedPrice($0, now: now) }
        return Dictionary(quotes.map { ($0.symbol, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Portfolios as the store has them, without prices; those left out that are not there.
    ///
    /// - Parameter ids: Their tenants and ids.
    func load(_ ids: [(tenant: String, id: String)]) async throws(StorageError) -> [LoadedPortfolio] {
        let records = try await store.portfolios(ids)
        let portfolios = records.compactMap { record in Portfolio(record).map { (record, $0) } }
        let symbols = portfolios.reduce(into: Set<Symbol>()) { $0.formUnion($1.1.holdings.keys) }
        let references = try await references(Array(symbols))
        let kept = try await keptPrices(Array(symbols))
        return portfolios.map { record, portfolio in
            var portfolio = portfolio
            portfolio.setReference(references)
            return LoadedPortfolio(
                id: record.id, tenant: record.owner.tenant, portfolio: portfolio,
                prices: kept.filter { portfolio.isTouched(by: $0.key) }, changedAt: record.changedAt)
        }
    }

    /// What a portfolio is worth now, in parts.
    public func valuation(_ record: PortfolioRecord) async throws(StorageError) -> PortfolioValuation? {
        guard var portfolio = Portfolio(record) else { return nil }
        portfolio.setReference(try await references(Array(portfolio.holdings.keys)))
        for price in await prices.prices(Array(portfolio.holdings.keys)) {
            _ = try? portfolio.take(price.symbol, price.value.price)
        }
        return try? portfolio.valuation()
    }

    /// What changes are measured from: the opening price of the first hour that began within the last 24 hours.
    func references(_ symbols: [Symbol], now: Timestamp = .now()) async throws(StorageError)
        -> [Symbol: ExactDecimal]
    {
        let from = Timestamp(milliseconds: now.milliseconds - PortfolioService.dayMilliseconds)
        let interval = CandleInterval.oneHour
        var found: [Symbol: ExactDecimal] = [:]
        let questions = symbols.map {
            CandleQuestion(symbol: $0.text, interval: interval.rawValue, from: from)
        }
        for record in try await prices.history.candles(questions) {
            guard let symbol = Symbol(record.symbol), found[symbol] == nil else { continue }
            found[symbol] = try? ExactDecimal(record.open)
        }
        // What is not written yet.
        for symbol in symbols where found[symbol] == nil {
            found[symbol] = await prices.openCandles(symbol, interval).first { $0.start >= from }?.open
        }
        return found
    }
}

extension QuotedPrice {
    /// Whether the store has none of the same symbol that is newer.
    func isNewest(beside kept: [Symbol: QuotedPrice]) -> Bool {
        kept[symbol].map { value.at >= $0.value.at } ?? true
    }
}

extension Portfolio {
    /// What the store has; nil where a sum would be too large.
    init?(_ record: PortfolioRecord) {
        let holdings = record.holdings.compactMap { symbol, amount -> Holding? in
            guard let symbol = Symbol(symbol), let amount = try? ExactDecimal(amount) else { return nil }
            return Holding(symbol, amount)
        }
        guard let portfolio = try? Portfolio(holdings) else { return nil }
        self = portfolio
    }
}
