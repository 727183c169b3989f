import Bytes
import ClientProtocol
import Reactor
import Storage
import Telemetry

/// What of the prices is on its way into the store: one transaction at a time, which carries all that came while the one
/// before it was under way.
final class PriceWriting: TimerTarget {
    /// How soon a write that failed is tried again, in milliseconds.
    private static let retryMilliseconds: Int64 = 250
    private static let retryTimer: UInt8 = 0
    /// How often candles longer than the shortest are written, in milliseconds. They change with every tick, and a start
    /// makes of the shortest ones what was not written yet.
    private static let longerMilliseconds: Int64 = 1000
    private static let longerTimer: UInt8 = 1

    private struct Waiter {
        let since: Int64
        /// Which transaction makes what it waits for durable.
        let round: Int
        let answer: (ClientError?) -> Void
    }

    private let loop: EventLoop
    private let mailbox: Mailbox<PriceMail>
    private let repository: PriceRepository
    private let settings: PriceSettings
    private let heard: @Sendable (PriceBatchOutcome) -> Void
    /// By which right candles are written; nil where this process is alone, and where another one makes them.
    private(set) var term: Int64?
    private var ticks: [TickRecord] = []
    /// The places of those among them that move prices.
    private var moves: [Int] = []
    /// The places of those that are in no candle.
    private var owed: [Int] = []
    /// Up to where candles have taken in what other processes were told.
    private var settled: Int64?
    private var prices: [String: PriceRecord] = [:]
    /// By symbol; each is turned into what the store has when a transaction begins, however often it changed before.
    private var candles: [Symbol: [CandleKey: Candle]] = [:]
    /// The same of longer ones, which wait for their time.
    private var longer: [Symbol: LongerCandles] = [:]
    private var longerWrittenAt: Int64 = .min / 2
    private var longerWait = TimerID.none
    private var batch = PriceBatch()
    private var isWriting = false
    private var isStarting = false
    private var round = 0
    private var waiters: [Waiter] = []
    private var isAway = false

    init(
        _ loop: EventLoop, _ mailbox: Mailbox<PriceMail>, _ repository: PriceRepository,
        _ settings: PriceSettings, heard: @escaping @Sendable (PriceBatchOutcome) -> Void
    ) {
        self.loop = loop
        self.mailbox = mailbox
        self.repository = repository
        self.settings = settings
        self.heard = heard
    }

    /// Whether a further tick may wait.
    var hasRoom: Bool { ticks.count + batch.ticks.count < settings.queuedTicks }

    /// Adds a tick to what is written next.
    ///
    /// - Parameters:
    ///   - moves: Whether it moves its symbol's price.
    ///   - isOwed: Whether the candles of another process are to take it in.
    func add(_ tick: TickRecord, moves: Bool, isOwed: Bool) {
        if moves { self.moves.append(ticks.count) }
        if isOwed { owed.append(ticks.count) }
        ticks.append(tick)
    }

    /// Sets candles of a symbol as they are now.
    func set(_ changed: [(key: CandleKey, candle: Candle)], of symbol: Symbol) {
        for (key, candle) in changed {
            if key.interval == CandleInterval.allCases.first {
                candles[symbol, default: [:]][key] = candle
            } else {
                longer[symbol, default: LongerCandles()].set(key, candle)
            }
        }
    }

    /// Candles have taken in what other processes were told, up to this one.
    func settle(_ seq: Int64) { settled = seq }

    /// Candles are written by this term from now on; what was added before is in none of them.
    func beginCandles(_ term: Int64) {
        endCandles()
        self.term = term
    }

    /// Candles are not written here any more: those that are not under way go, and what they are made of is owed.
    func endCandles() {
        term = nil
        settled = nil
        owed = Array(ticks.indices)
        candles = [:]
        longer = [:]
    }

    /// Sets a symbol's newest price.
    func set(_ price: PriceRecord) {
        prices[price.symbol] = price
        // What arrived with it goes with it.
        if !isStarting {
            isStarting = true
            mailbox.post(.start)
        }
    }

    /// Answers when all that was added until now is durable, or after too long a time.
    func whenWritten(_ answer: @escaping (ClientError?) -> Void) {
        start()
        // A repeat of what is on its way waits with it.
        guard isWriting else { return answer(nil) }
        let hasMore = !ticks.isEmpty || !prices.isEmpty || settled != nil
        waiters.append(Waiter(since: loop.now, round: hasMore ? round + 1 : round, answer: answer))
    }

    /// Begins a transaction where none is under way.
    func start() {
        isStarting = false
        let isLongerDue = !longer.isEmpty && loop.now - longerWrittenAt >= PriceWriting.longerMilliseconds
        // Also where nothing else is to be written: candles that were taken over come alone.
        if !longer.isEmpty, !isLongerDue, longerWait == .none {
            longerWait = loop.startTimer(
                after: PriceWriting.longerMilliseconds, kind: PriceWriting.longerTimer, target: self)
        }
        guard !isWriting, !ticks.isEmpty || !prices.isEmpty || settled != nil || isLongerDue else { return }
        batch.ticks = ticks
        batch.moves = moves
        batch.owed = owed
        batch.term = term
        batch.settled = settled
        batch.prices = Array(prices.values)
        batch.candles = PriceWriting.records(candles)
        if isLongerDue {
            batch.candles += PriceWriting.records(longer.mapValues(\.all))
            longer = [:]
            longerWrittenAt = loop.now
        } else {
            // What no start could make any more of shorter ones.
            for symbol in candles.keys {
                guard let final = longer[symbol]?.takeFinal(settings.window), !final.isEmpty else { continue }
                batch.candles += PriceWriting.records([symbol: final])
            }
        }
        ticks = []
        moves = []
        owed = []
        settled = nil
        prices = [:]
        candles = [:]
        isWriting = true
        round += 1
        write()
    }

    private static func records(_ candles: [Symbol: [CandleKey: Candle]]) -> [CandleRecord] {
        candles.flatMap { symbol, changed in
            changed.map { CandleRecord($0.value, symbol, $0.key.interval) }
        }
    }

    private func write() {
        let (repository, batch, mailbox, heard) = (repository, batch, mailbox, heard)
        Task {
            do throws(StorageError) {
                let outcome = try await repository.append(batch)
                heard(outcome)
                mailbox.post(.written(.success(outcome)))
            } catch {
                mailbox.post(.written(.failure(error)))
            }
        }
    }

    /// A transaction has ended.
    func written(_ result: Result<PriceBatchOutcome, StorageError>) {
        if case .failure(let error) = result {
            if !isAway { Log.warning("prices cannot be written, it is tried again: \(error)") }
            isAway = true
            refuseThoseWhoWaitTooLong()
            _ = loop.startTimer(
                after: PriceWriting.retryMilliseconds, kind: PriceWriting.retryTimer, target: self)
            return
        }
        isAway = false
        isWriting = false
        // Another process has taken the candles over.
        if case .success(let outcome) = result, !outcome.hasCandles, batch.term == term { endCandles() }
        batch = PriceBatch()
        let done = waiters.prefix { $0.round <= round }
        waiters.removeFirst(done.count)
        for waiter in done { waiter.answer(nil) }
        start()
    }

    func timerFired(kind: UInt8) {
        if kind == PriceWriting.retryTimer { return write() }
        longerWait = .none
        start()
    }

    private func refuseThoseWhoWaitTooLong() {
        let limit = loop.now - settings.patienceMilliseconds
        let late = waiters.prefix { $0.since <= limit }
        waiters.removeFirst(late.count)
        for waiter in late { waiter.answer(PriceWriting.away) }
    }

    static var away: ClientError {
        ClientError(.unavailable, "Prices cannot be kept at the moment.", retryAfter: 1000)
    }
}
