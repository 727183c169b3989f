import Bytes
import ClientProtocol
import Decimals
import JSON
public import PubSub
public import Reactor
public import Storage

/// Keeps the values of portfolios that somebody listens to or alerts watch, price by price, and tells them
/// (REQUIREMENTS B6, B7).
///
/// It lives on the loop of prices and topics. A tick costs what the portfolios cost that hold its symbol. Which ones
/// alerts watch it is told by whoever evaluates alerts, who is one of several processes; see Decision 16.
public final class PortfolioDesk: TimerTarget {
    /// Takes values that alerts watch; with the term in which they were to be told.
    public typealias Judge = @Sendable ([WatchedValue], Int64) async throws(StorageError) -> Void

    private static let tellTimer: UInt8 = 0
    private static let careTimer: UInt8 = 1
    /// How often a value is told at most, in milliseconds; subscribers may want it less often.
    private static let tellMilliseconds: Int64 = 100
    /// How often it is looked who listens, and who tells, in milliseconds.
    private static let careMilliseconds: Int64 = 5000
    private static let dutyMilliseconds: Int64 = 15_000
    /// How often what changes are measured from is read again, in milliseconds.
    private static let referenceMilliseconds: Int64 = 600_000

    struct Open {
        var portfolio: Portfolio?
        let tenant: String
        var isListened = false
        var isWatched = false
        var tellsHere = false
        var loadedAt: Int64 = 0
        /// As the store says of what was loaded.
        var changedAt: Timestamp?
        var told: [UInt8] = []
        /// The value that alerts know.
        var judged: ExactDecimal?
    }

    private let loop: EventLoop
    let service: PortfolioService
    let judge: Judge
    // Invariant: the loop keeps both until it ends.
    private unowned let prices: PriceDesk
    private let topics: Mailbox<TopicMail>
    private let duties: (any SharedDuties)?
    var open: [String: Open] = [:]
    private var index = PortfolioIndex()
    private var due: Set<String> = []
    var loading = PortfolioLoading()
    var judging = PortfolioJudging()
    private var isCaring = false

    /// A desk on its loop's thread, which hears of prices and of channels from now on.
    ///
    /// - Parameters:
    ///   - duties: What says who tells a value, where several processes have topics in common.
    ///   - judge: Takes values that alerts watch.
    public init(
        _ loop: EventLoop, _ service: PortfolioService, topics: Mailbox<TopicMail>, prices: PriceDesk,
        duties: (any SharedDuties)?, judge: @escaping Judge
    ) {
        self.loop = loop
        self.service = service
        self.judge = judge
        self.prices = prices
        self.topics = topics
        self.duties = duties
        let mailbox = service.desk
        loop.attach(mailbox) { [unowned self] mail in for letter in mail { receive(letter) } }
        prices.onPrice = { [unowned self] price in take(price) }
        let access = service.access
        topics.post(.guardReaders(.portfolio) { access.allows($0, $1) })
        topics.post(
            .hearOpened(.portfolio) { [weak mailbox] channel in mailbox?.post(.opened(channel: channel)) })
    }

    private func receive(_ letter: PortfolioMail) {
        switch letter {
        case .opened(let channel):
            guard let id = PortfolioAccess.id(channel) else { return }
            listen(id)
        case .changed(let id): want([id])
        case .reload: lookAgain()
        case .loaded(let ids, let loaded): took(ids, loaded)
        case .looked(let ids): looked(ids)
        case .listened(let channels):
            for (id, state) in open
            where state.isListened && !channels.contains(PortfolioAccess.channel(id)) { leave(id) }
        case .duty(let id, let isHeld):
            guard let state = open[id], state.isListened, state.tellsHere != isHeld else { return }
            open[id]?.tellsHere = isHeld
            if isHeld { want([id]) }
        case .beginWatch(let term): beginWatch(term)
        case .watch(let changes): watch(changes)
        case .endWatch: endWatch()
        case .noted(let isDone): noted(isDone)
        }
    }

    // MARK: Which

    private func listen(_ id: String) {
        begin(id)
        if open[id]?.isListened == false {
            open[id]?.isListened = true
            open[id]?.tellsHere = duties == nil
            takeOn(id)
        }
        // Whoever comes is told what it is worth, also where that has not changed.
        open[id]?.told = []
        want([id])
    }

    /// Nobody listens to it any more.
    private func leave(_ id: String) {
        open[id]?.isListened = false
        open[id]?.tellsHere = false
        endUnused(id)
        guard let duties else { return }
        Task { await duties.layDown(PortfolioAccess.channel(id)) }
    }

    /// Opens a portfolio, where it is not open yet.
    func begin(_ id: String, tenant: String? = nil) {
        guard open[id] == nil else { return }
        if !isCaring { startTimer(PortfolioDesk.careTimer) }
        isCaring = true
        open[id] = Open(tenant: tenant ?? service.access.tenant(of: id))
        count()
    }

    /// Closes one that nobody listens to and no alert watches.
    func endUnused(_ id: String) {
        guard let state = open[id], !state.isListened, !state.isWatched else { return }
        open[id] = nil
        index.set(id, [])
        due.remove(id)
        count()
    }

    private func end(_ id: String) {
        endWatch(of: id)
        if open[id]?.isListened == true { leave(id) }
    }

    func count() { service.counts.set(open: open.count, watched: judging.watched.count) }

    private func takeOn(_ id: String) {
        guard let duties else { return }
        let desk = service.desk
        Task {
            let holder = await duties.takeOn(
                PortfolioAccess.channel(id), milliseconds: PortfolioDesk.dutyMilliseconds)
            desk.post(.duty(id: id, isHeld: holder != .other))
        }
    }

    // MARK: What they hold

    /// Those that were asked for are here.
    private func took(_ ids: [String], _ loaded: [LoadedPortfolio]?) {
        defer { readingEnded(next: loaded != nil) }
        guard let loaded else {
            for id in ids { loading.want(id) }
            return
        }
        let found = Dictionary(loaded.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for id in ids where open[id] != nil {
            guard let portfolio = found[id] else {
                end(id)
                continue
            }
            take(portfolio)
        }
    }

    private func take(_ loaded: LoadedPortfolio) {
        var portfolio = loaded.portfolio
        // Now, and not when it was read: ticks may have come meanwhile.
        for symbol in portfolio.holdings.keys {
            let own = prices.price(of: symbol).flatMap { $0.isNewest(beside: loaded.prices) ? $0 : nil }
            guard let price = own ?? loaded.prices[symbol] else { continue }
            _ = try? portfolio.take(symbol, price.value.price)
        }
        open[loaded.id]?.portfolio = portfolio
        open[loaded.id]?.changedAt = loaded.changedAt
        open[loaded.id]?.loadedAt = loop.now
        index.set(loaded.id, portfolio.holdings.keys)
        note(loaded.id)
    }

    // MARK: What they are worth

    private func take(_ price: QuotedPrice) {
        for id in index.touched(by: price.symbol) {
            guard (try? open[id]?.portfolio?.take(price.symbol, price.value.price)) == true else { continue }
            note(id)
        }
    }

    /// The value may be another one: it is told soon.
    func note(_ id: String) {
        if due.isEmpty { startTimer(PortfolioDesk.tellTimer) }
        due.insert(id)
    }

    private func tell() {
        for id in due {
            guard let state = open[id] else { continue }
            if state.isWatched, let value = try? state.portfolio?.value() { judge(id, value) }
            if state.tellsHere { tell(id, state) }
        }
        due = []
        tellAlerts()
    }

    private func tell(_ id: String, _ state: Open) {
        guard let valuation = try? state.portfolio?.valuation() else { return }
        let data = valuation.jsonObject
        guard data != state.told else { return }
        open[id]?.told = data
        topics.post(.offer(channel: PortfolioAccess.channel(id), data: data))
    }

    // MARK: Time

    private func startTimer(_ kind: UInt8) {
        let wait =
            kind == PortfolioDesk.tellTimer ? PortfolioDesk.tellMilliseconds : PortfolioDesk.careMilliseconds
        _ = loop.startTimer(after: wait, kind: kind, target: self)
    }

    /// Values are told, or those are looked after that are open.
    public func timerFired(kind: UInt8) {
        if kind == PortfolioDesk.tellTimer { return tell() }
        isCaring = !open.isEmpty
        guard isCaring else { return }
        startTimer(PortfolioDesk.careTimer)
        var old: [String] = []
        for (id, state) in open {
            if state.isListened { takeOn(id) }
            let isOld = loop.now - state.loadedAt >= PortfolioDesk.referenceMilliseconds
            if isOld || state.portfolio == nil { old.append(id) }
        }
        want(old)
        tellAlerts()
        let desk = service.desk
        let listened = open.filter(\.value.isListened).keys
        topics.post(
            .listened(listened.map(PortfolioAccess.channel)) { desk.post(.listened(Set($0))) })
    }
}
