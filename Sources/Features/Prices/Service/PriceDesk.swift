import Bytes
import ClientProtocol
import Decimals
import JSON
public import PubSub
public import Reactor
public import Storage

/// Where all ticks arrive: they get their place, are written in groups, and move the newest prices and candles.
///
/// It lives on one loop. A tick that is newer than its symbol's last one is published at once; whoever sent it hears of
/// it when it is durable. A tick that is older than the last one moves no price, and one that is older than the candles'
/// window no candle either.
public final class PriceDesk: TimerTarget {
    private static let ageTimer: UInt8 = 0
    static let candleTimer: UInt8 = 1
    /// How often candles that have changed are told, in milliseconds: they change with every tick.
    private static let candleMilliseconds: Int64 = 250

    /// How long a wish for candles counts that is not said again, in milliseconds: four times as long as that takes.
    private static let wishMilliseconds: Int64 = 60_000

    let loop: EventLoop
    let settings: PriceSettings
    let writing: PriceWriting
    let topics: Mailbox<TopicMail>
    let hints: Mailbox<PriceHint>?
    let repository: PriceRepository
    let mailbox: Mailbox<PriceMail>
    var quotes: [Symbol: QuotedPrice] = [:]
    var candles: CandleBook
    var wanted: CandleWishes
    /// Symbols whose candles have changed since they were told, and what changed of each.
    var changed: [Symbol: Set<CandleKey>] = [:]
    private var number: Int64
    /// Whether it is being looked which prices have become old.
    var isMarking = false
    /// Hears of each newest price, on the loop's thread.
    var onPrice: (QuotedPrice) -> Void = { _ in }
    /// What it has done since the start and has at the moment.
    public private(set) var figures = PriceFigures()

    /// A desk on its loop's thread, which reads `mailbox` from now on.
    ///
    /// - Parameters:
    ///   - hints: The door of what other processes are told; nil where there are none.
    ///   - heard: Hears what is left to do behind each transaction; on any thread.
    public init(
        _ loop: EventLoop, _ mailbox: Mailbox<PriceMail>, topics: Mailbox<TopicMail>,
        repository: PriceRepository, settings: PriceSettings, past: PricePast,
        hints: Mailbox<PriceHint>? = nil,
        heard: @escaping @Sendable (PriceBatchOutcome) -> Void = { _ in }
    ) {
        self.loop = loop
        self.settings = settings
        self.topics = topics
        self.hints = hints
        self.repository = repository
        self.mailbox = mailbox
        writing = PriceWriting(loop, mailbox, repository, settings, heard: heard)
        wanted = CandleWishes(lifetime: hints == nil ? nil : PriceDesk.wishMilliseconds)
        candles = CandleBook(settings.window)
        // Numbers go on after a restart, and no two processes give the same ones to ticks of one moment for long.
        number = Timestamp.now().milliseconds << 20
        loop.attach(mailbox) { [unowned self] mail in for letter in mail { receive(letter) } }
        restore(past)
        if settings.staleMilliseconds > 0 { startTimer(PriceDesk.ageTimer) }
        topics.post(
            .hearOpened(.candles) { [weak mailbox] channel in
                if let hints { return hints.post(.candlesWanted([channel])) }
                mailbox?.post(.candlesWanted([channel]))
            })
    }

    private func receive(_ letter: PriceMail) {
        switch letter {
        case .ticks(let ticks, let answer): take(ticks, answer)
        case .stale(let prices): markStale(prices)
        case .known(let records): learn(records)
        case .past(let past, let answer):
            learn(past.prices)
            // To know again what was told elsewhere; candles made here have it all.
            if !makesCandles { restoreCandles(past) }
            answer()
        case .owed(let ticks, let answer): takeOwed(ticks, answer)
        case .makeCandles(let term, let past, let answer):
            beginCandles(term, past)
            answer()
        case .giveUpCandles(let answer):
            endCandles()
            answer()
        case .makesCandles(let answer): answer(makesCandles)
        case .marked(let records, let told): marked(records, told)
        case .prices(let symbols, let answer): answer(prices(of: symbols))
        case .candle(let symbol, let interval, let answer):
            answer(makesCandles ? candles.candles(symbol, interval) : [])
        case .candlesWanted(let channels): for channel in channels { tellCandles(on: channel) }
        case .start: writing.start()
        case .written(let result): writing.written(result)
        }
    }

    private func restore(_ past: PricePast) {
        let now = Timestamp.now()
        for record in past.prices {
            guard let price = QuotedPrice(record, now: now) else { continue }
            quotes[price.symbol] = price
            topics.post(.seed(channel: price.channel, data: price.jsonObject, at: price.value.at))
        }
        figures.symbols = quotes.count
        restoreCandles(past)
        if makesCandles { writeMended(past) }
    }

    func restoreCandles(_ past: PricePast) {
        for (symbol, kept) in past.candles {
            candles.restore(symbol, kept, knowing: past.ticks[symbol] ?? [])
        }
    }

    func writeMended(_ past: PricePast) {
        for (symbol, mended) in past.mended { writing.set(mended, of: symbol) }
        writing.start()
    }

    // MARK: Reading

    /// The newest price of a symbol, on the loop's thread.
    func price(of symbol: Symbol) -> QuotedPrice? { quotes[symbol] }

    private func prices(of symbols: [Symbol]?) -> [QuotedPrice] {
        guard let symbols else { return quotes.values.sorted { $0.symbol < $1.symbol } }
        return symbols.compactMap { quotes[$0] }
    }

    // MARK: Ticks

    private func take(_ ticks: [Tick], _ answer: @escaping @Sendable (TickReceipt) -> Void) {
        var receipt = TickReceipt()
        let now = Timestamp.now()
        for (index, tick) in ticks.enumerated() {
            do throws(ClientError) {
                if try take(tick, at: now) { receipt.accepted += 1 } else { receipt.repeated += 1 }
            } catch {
                receipt.refused.append(TickReceipt.Refusal(index: index, error: error))
            }
        }
        figures.accepted += receipt.accepted
        figures.repeated += receipt.repeated
        figures.refused += receipt.refused.count
        writing.whenWritten { error in
            guard let error else { return answer(receipt) }
            var receipt = TickReceipt()
            receipt.refused = ticks.indices.map { TickReceipt.Refusal(index: $0, error: error) }
            answer(receipt)
        }
    }

    /// Takes a tick in.
    ///
    /// - Returns: False for a repeat.
    private func take(_ tick: Tick, at now: Timestamp) throws(ClientError) -> Bool {
        try check(tick, at: now)
        let verdict = candles.take(tick, now: now)
        switch verdict {
        case .duplicate: return false
        case .ahead: throw ahead
        case .taken: if makesCandles { noteCandles(tick) }
        case .late: figures.late += 1
        }
        number += 1
        let isNewest = quotes[tick.symbol].map { tick.at >= $0.value.at } ?? true
        writing.add(
            TickRecord(tick, number: number), moves: isNewest, isOwed: verdict == .taken && !makesCandles)
        if isNewest { publish(QuotedPrice(tick)) }
        return true
    }

    private func check(_ tick: Tick, at now: Timestamp) throws(ClientError) {
        guard tick.at.milliseconds <= now.milliseconds + settings.aheadMilliseconds else { throw ahead }
        let days = Int64(settings.retentionDays)
        if days > 0, tick.at.milliseconds < now.milliseconds - days * 86_400_000 {
            throw .invalid("at", "Ticks are kept for \(days) days; this one is older.")
        }
        guard quotes[tick.symbol] != nil || quotes.count < settings.symbols else {
            throw ClientError(
                .tooManyChannels, "There are \(settings.symbols) symbols already.", field: "symbol")
        }
        guard writing.hasRoom else { throw PriceWriting.away }
    }

    private var ahead: ClientError {
        .invalid("at", "A tick's moment is at most \(settings.aheadMilliseconds) ms ahead of our clock.")
    }

    /// - Parameter isKept: Whether the store has it already.
    func publish(_ price: QuotedPrice, isKept: Bool = false) {
        quotes[price.symbol] = price
        figures.symbols = quotes.count
        onPrice(price)
        if !isKept { writing.set(PriceRecord(price)) }
        let data = price.jsonObject
        let publication = TopicPublication(
            channel: price.channel, data: data, publisher: "", clientID: nil, reply: .none)
        topics.post(.publish(publication))
        guard settings.isShared, price.value.confidence != .stale else { return }
        topics.post(
            .keep(channel: price.channel, data: data, milliseconds: settings.keptMilliseconds))
    }

    /// Marks prices of which sources know nothing newer; whoever tells ticks may know more.
    private func markStale(_ prices: [QuotedPrice]) {
        for price in prices {
            guard let last = quotes[price.symbol], last.value.at <= price.value.at else { continue }
            publish(price)
        }
    }

    /// Takes over what other processes have told everybody already.
    func learn(_ records: [PriceRecord]) {
        let now = Timestamp.now()
        for record in records {
            guard let price = QuotedPrice(record, now: now) else { continue }
            if let last = quotes[price.symbol] {
                // A price becomes stale without becoming newer.
                let isNews =
                    last.value.at < price.value.at
                    || last.value.at == price.value.at && price.value.confidence == .stale
                guard isNews else { continue }
            }
            quotes[price.symbol] = price
            onPrice(price)
        }
        figures.symbols = quotes.count
    }

    // MARK: Time

    func startTimer(_ kind: UInt8) {
        let wait =
            kind == PriceDesk.candleTimer
            ? PriceDesk.candleMilliseconds : max(100, min(5000, settings.staleMilliseconds / 4))
        _ = loop.startTimer(after: wait, kind: kind, target: self)
    }

    /// Candles are told, or prices that have become old are marked, once each.
    public func timerFired(kind: UInt8) {
        if kind == PriceDesk.candleTimer { return tellCandles() }
        startTimer(PriceDesk.ageTimer)
        let now = Timestamp.now()
        let limit = now.milliseconds - settings.staleMilliseconds
        let old = quotes.values.filter {
            $0.value.confidence != .stale && $0.value.at.milliseconds < limit
        }
        guard settings.isStoreShared else {
            for price in old {
                publish(QuotedPrice(symbol: price.symbol, value: price.value.stale(now: now)))
            }
            return
        }
        if !old.isEmpty, !isMarking { mark(old) }
    }
}
