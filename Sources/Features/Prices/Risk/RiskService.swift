import Bytes
import ClientProtocol
import Decimals
import JSON
public import PubSub
public import Reactor
public import Storage
import Telemetry

/// Scores assets' risk and tells it (REQUIREMENTS B8).
///
/// A score holds for an hour, or until what it is made of changes. What was given over the API comes first, then what
/// price sources say; the volatility is that of our own daily candles where none was given.
public actor RiskService {
    /// Assets of one reading.
    private static let pageLimit = 500
    private static let day: Int64 = 86_400_000

    private struct Known {
        var report: RiskReport
        /// As of which inputs.
        var changedAt: Timestamp
    }

    private let store: RiskRepository
    private let history: PriceRepository
    private let topics: Mailbox<TopicMail>
    /// How long a score holds, in milliseconds.
    private let milliseconds: Int64
    private let isShared: Bool
    private let duty: KeptDuty?
    private var known: [Symbol: Known] = [:]
    /// What was told last.
    private var told: [Symbol: RiskReport] = [:]
    /// What of the sources' words is in the store, and since when.
    private var learned: [Symbol: (at: Int64, factors: [ExactDecimal?])] = [:]

    /// Takes scores that alerts may watch.
    private var watch: (@Sendable ([WatchedValue]) async throws(StorageError) -> Void)?

    /// A service that has scored nothing yet.
    ///
    /// - Parameters:
    ///   - milliseconds: How long a score holds.
    ///   - duty: Says who tells scores that change by themselves, where several processes have a store in common.
    public init(
        store: RiskRepository, history: PriceRepository, topics: Mailbox<TopicMail>, milliseconds: Int64,
        isShared: Bool, duty: KeptDuty?
    ) {
        self.store = store
        self.history = history
        self.topics = topics
        self.milliseconds = milliseconds
        self.isShared = isShared
        self.duty = duty
    }

    // MARK: Reading and giving

    /// An asset's score, or what is missing for one.
    public func report(_ symbol: Symbol) async throws(StorageError) -> RiskReport {
        let record =
            try await store.record(of: symbol.text)
            ?? RiskRecord(symbol: symbol.text, changedAt: Timestamp(milliseconds: 0))
        return try await report(symbol, record, .now())
    }

    /// Takes what is known of an asset, in place of what was given before.
    public func give(_ inputs: RiskInputs, of symbol: Symbol) async throws(StorageError) -> RiskReport {
        var record = RiskRecord(symbol: symbol.text, changedAt: .now())
        inputs.write(to: &record)
        try await store.give(record)
        known[symbol] = nil
        let report = try await report(symbol)
        tell(report)
        return report
    }

    private func report(
        _ symbol: Symbol, _ record: RiskRecord, _ now: Timestamp
    ) async throws(StorageError) -> RiskReport {
        if let known = known[symbol], known.changedAt == record.changedAt,
            now.milliseconds - known.report.at.milliseconds < milliseconds
        {
            return known.report
        }
        let report = try await score(symbol, record, now)
        known[symbol] = Known(report: report, changedAt: record.changedAt)
        return report
    }

    private func score(
        _ symbol: Symbol, _ record: RiskRecord, _ now: Timestamp
    ) async throws(StorageError) -> RiskReport {
        var inputs = RiskInputs(record)
        var origins: [(name: String, from: String)] = []
        let source = record.source ?? ""
        if inputs.marketCap != nil {
            origins.append(("market_cap", record.marketCap == nil ? source : "given"))
        }
        if inputs.volatility != nil {
            origins.append(("volatility", "given"))
        } else if let own = try await volatility(of: symbol, now) {
            inputs.volatility = own
            origins.append(("volatility", "candles"))
        }
        if inputs.volume != nil { origins.append(("volume", record.volume == nil ? source : "given")) }
        var (score, missing): (RiskScore?, [String]) = (nil, [])
        do throws(RiskError) {
            score = try RiskScore(inputs)
        } catch {
            if case .insufficientData(let names) = error { missing = names }
        }
        return RiskReport(
            symbol: symbol, score: score, missing: missing, origins: origins, volatility: inputs.volatility,
            at: now)
    }

    /// From the closes of the last 90 whole days, by UTC.
    private func volatility(of symbol: Symbol, _ now: Timestamp) async throws(StorageError) -> ExactDecimal? {
        let today = now.milliseconds / RiskService.day
        let records = try await history.candles(
            of: symbol.text, interval: CandleInterval.oneDay.rawValue,
            from: Timestamp(milliseconds: max(0, today - Volatility.days - 1) * RiskService.day),
            to: Timestamp(milliseconds: today * RiskService.day), limit: Int(Volatility.days) + 1)
        let closes = records.compactMap { record -> (day: Int64, price: ExactDecimal)? in
            guard let price = try? ExactDecimal(record.close) else { return nil }
            return (record.start.milliseconds / RiskService.day, price)
        }
        return Volatility.percent(closes)?.value
    }

    // MARK: Telling

    /// Tells a score that is another than the one told before, here or by another process.
    private func tell(_ report: RiskReport, isFirst: Bool = false) {
        let changedAt = known[report.symbol]?.changedAt ?? report.at
        guard report.score != nil, told[report.symbol] != report else { return }
        told[report.symbol] = report
        // After a start subscribers are shown it, and not told it as news; where topics are shared, it is there.
        if isFirst, !isShared {
            return topics.post(.seed(channel: report.channel, data: report.jsonObject, at: report.at))
        }
        let publication = TopicPublication(
            channel: report.channel, data: report.jsonObject, publisher: "",
            clientID: isShared ? report.identity(as: changedAt) : nil, reply: .none)
        topics.post(.publish(publication))
        guard let watch, let score = report.score else { return }
        let value = WatchedValue(
            AlertSubject.riskScore(report.symbol).topic, String(score.score), at: report.at)
        Task {
            do throws(StorageError) {
                try await watch([value])
            } catch {
                Log.warning("alerts of risk are not told of a score: \(error)")
            }
        }
    }

    /// Says who hears of scores that have changed, beside those who listen.
    public func tells(_ watch: @escaping @Sendable ([WatchedValue]) async throws(StorageError) -> Void) {
        self.watch = watch
    }

    /// Scores anew what has held for its time; for ever, until cancelled.
    public func run() async {
        await withTaskGroup { group in
            if let duty { group.addTask { await duty.keep() } }
            group.addTask { await self.sweeps() }
        }
    }

    /// Leaves the telling to another process.
    public nonisolated func resign() async { await duty?.layDown() }

    private func sweeps() async {
        var isFirst = true
        while !Task.isCancelled {
            if await duty?.takeOn() ?? true {
                do throws(StorageError) {
                    try await sweep(isFirst: isFirst)
                    isFirst = false
                } catch {
                    Log.warning("risk cannot be scored, it is tried again: \(error)")
                }
            }
            try? await Task.sleep(for: .milliseconds(max(50, min(60_000, milliseconds / 10))))
        }
    }

    private func sweep(isFirst: Bool) async throws(StorageError) {
        var after = ""
        while true {
            let records = try await store.records(after: after, limit: RiskService.pageLimit)
            for record in records {
                guard let symbol = Symbol(record.symbol) else { continue }
                tell(try await report(symbol, record, .now()), isFirst: isFirst)
            }
            guard let last = records.last, records.count == RiskService.pageLimit else { return }
            after = last.symbol
        }
    }

    // MARK: Sources

    /// Learns what a source says of assets. It is written where it makes another factor, or has held for its time.
    public func learn(_ quotes: [Symbol: SourceQuote], from source: String) async {
        let now = Timestamp.now()
        var records: [RiskRecord] = []
        for (symbol, quote) in quotes where quote.marketCap != nil || quote.volume != nil {
            let factors: [ExactDecimal?] = [
                quote.marketCap.map(RiskFactor.marketCap),
                quote.marketCap.flatMap { cap in quote.volume.map { RiskFactor.liquidity($0, of: cap) } },
            ]
            if let before = learned[symbol], before.factors == factors,
                now.milliseconds - before.at < milliseconds
            {
                continue
            }
            learned[symbol] = (now.milliseconds, factors)
            var record = RiskRecord(symbol: symbol.text, changedAt: now)
            record.sourceMarketCap = quote.marketCap?.text
            record.sourceVolume = quote.volume?.text
            record.source = source
            records.append(record)
        }
        do throws(StorageError) {
            try await store.learn(records)
            for record in records {
                if let symbol = Symbol(record.symbol) { tell(try await report(symbol)) }
            }
        } catch {
            for record in records { if let symbol = Symbol(record.symbol) { learned[symbol] = nil } }
            Log.warning("what sources say of risk cannot be written, it is tried again: \(error)")
        }
    }
}
