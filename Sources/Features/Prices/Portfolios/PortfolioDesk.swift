import Bytes
import ClientProtocol
import JSON
public import PubSub
public import Reactor
import Storage
import Telemetry

/// Keeps the values of portfolios that somebody listens to, price by price, and tells them (REQUIREMENTS B7).
///
/// It lives on the loop of prices and topics. A tick costs what the portfolios cost that hold its symbol.
public final class PortfolioDesk: TimerTarget {
    private static let tellTimer: UInt8 = 0
    private static let careTimer: UInt8 = 1
    /// How often a value is told at most, in milliseconds; subscribers may want it less often.
    private static let tellMilliseconds: Int64 = 100
    /// How often it is looked who listens, and who tells, in milliseconds.
    private static let careMilliseconds: Int64 = 5000
    private static let dutyMilliseconds: Int64 = 15_000
    /// How often what changes are measured from is read again, in milliseconds.
    private static let referenceMilliseconds: Int64 = 600_000

    private struct Open {
        var portfolio: Portfolio?
        var tenant = "default"
        var tellsHere: Bool
        var loadedAt: Int64 = 0
        var told: [UInt8] = []
    }

    private let loop: EventLoop
    private let service: PortfolioService
    // Invariant: the loop keeps both until it ends.
    private unowned let prices: PriceDesk
    private let topics: Mailbox<TopicMail>
    private let duties: (any SharedDuties)?
    private var open: [String: Open] = [:]
    private var index = PortfolioIndex()
    private var due: Set<String> = []

    /// A desk on its loop's thread, which hears of prices and of channels from now on.
    ///
    /// - Parameter duties: What says who tells a value, where several processes have topics in common.
    public init(
        _ loop: EventLoop, _ service: PortfolioService, topics: Mailbox<TopicMail>, prices: PriceDesk,
        duties: (any SharedDuties)?
    ) {
        self.loop = loop
        self.service = service
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
            if open[id] == nil { begin(id) }
            // Whoever comes is told what it is worth, also where that has not changed.
            open[id]?.told = []
            load(id)
        case .changed(let id, let tenant):
            guard open[id] != nil else { return }
            open[id]?.tenant = tenant
            load(id)
        case .reload: for id in open.keys { load(id) }
        case .loaded(let id, let loaded): take(loaded, id)
        case .listened(let channels):
            for id in open.keys where !channels.contains(PortfolioAccess.channel(id)) { end(id) }
        case .duty(let id, let isHeld):
            guard open[id]?.tellsHere == !isHeld else { return }
            open[id]?.tellsHere = isHeld
            if isHeld { load(id) }
        }
    }

    // MARK: Which

    private func begin(_ id: String) {
        if open.isEmpty { startTimer(PortfolioDesk.careTimer) }
        open[id] = Open(tellsHere: duties == nil)
        takeOn(id)
    }

    private func end(_ id: String) {
        open[id] = nil
        index.set(id, [])
        due.remove(id)
        guard let duties else { return }
        Task { await duties.layDown(PortfolioAccess.channel(id)) }
    }

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

    private func load(_ id: String) {
        guard let tenant = open[id]?.tenant else { return }
        open[id]?.loadedAt = loop.now
        let (service, desk) = (service, service.desk)
        Task {
            do throws(StorageError) {
                guard let record = try await service.store.portfolio(id, tenant: tenant),
                    var portfolio = Portfolio(record)
                else { return desk.post(.loaded(id: id, nil)) }
                let symbols = Array(portfolio.holdings.keys)
                portfolio.setReference(try await service.references(symbols))
                desk.post(.loaded(id: id, LoadedPortfolio(portfolio: portfolio, tenant: tenant)))
            } catch {
                Log.warning("a portfolio cannot be read, it is tried again: \(error)")
            }
        }
    }

    private func take(_ loaded: LoadedPortfolio?, _ id: String) {
        guard open[id] != nil else { return }
        guard let loaded else { return end(id) }
        var portfolio = loaded.portfolio
        // Now, and not when it was read: ticks may have come meanwhile.
        for symbol in portfolio.holdings.keys {
            if let price = prices.price(of: symbol) { _ = try? portfolio.take(symbol, price.value.price) }
        }
        open[id]?.portfolio = portfolio
        open[id]?.tenant = loaded.tenant
        index.set(id, portfolio.holdings.keys)
        note(id)
    }

    // MARK: What they are worth

    private func take(_ price: QuotedPrice) {
        for id in index.touched(by: price.symbol) {
            guard (try? open[id]?.portfolio?.take(price.symbol, price.value.price)) == true else { continue }
            note(id)
        }
    }

    private func note(_ id: String) {
        if due.isEmpty { startTimer(PortfolioDesk.tellTimer) }
        due.insert(id)
    }

    private func tell() {
        for id in due {
            guard let state = open[id], state.tellsHere, let valuation = try? state.portfolio?.valuation()
            else {
                continue
            }
            var writer = JSONWriter(capacity: 512)
            writer.beginObject()
            valuation.writeMembers(to: &writer)
            writer.endObject()
            let data = [UInt8](writer.span)
            guard data != state.told else { continue }
            open[id]?.told = data
            topics.post(.offer(channel: PortfolioAccess.channel(id), data: data))
        }
        due = []
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
        guard !open.isEmpty else { return }
        startTimer(PortfolioDesk.careTimer)
        for (id, state) in open {
            takeOn(id)
            let isOld = loop.now - state.loadedAt >= PortfolioDesk.referenceMilliseconds
            if isOld || state.portfolio == nil { load(id) }
        }
        let desk = service.desk
        topics.post(
            .listened(open.keys.map(PortfolioAccess.channel)) { desk.post(.listened(Set($0))) })
    }
}
