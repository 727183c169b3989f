import Bytes
import ClientProtocol
import Decimals
import JSON
public import PubSub
public import Reactor
public import Storage
import Synchronization
import Telemetry

/// Asks the sources of prices every so often, compares them and tells what came of it (REQUIREMENTS B1 and B2).
///
/// The primary source is asked for all symbols. The secondary one is asked for a tenth of them, or for all, and always for
/// those that the primary does not know at the moment. Prices go the way of all ticks.
public actor PriceRounds {
    /// How soon a process looks whether the duty to ask has become free.
    private static let dutyMilliseconds: Int64 = 5000
    /// Anomalies that wait for a store that is away.
    private static let waitingLimit = 1000

    private let primary: SourceClient
    private let secondary: SourceClient?
    private let service: PriceService
    private let store: AnomalyRepository
    private let topics: Mailbox<TopicMail>
    private let settings: RoundSettings
    private let duty: KeptDuty?
    private let risk: RiskService?
    private let counts = Mutex(RoundFigures())
    private let symbols: [Symbol]
    private var rotation = SampleRotation()
    private var checks: [Symbol: PriceCheck] = [:]
    private var waiting: [AnomalyRecord] = []

    /// Rounds that have not begun.
    ///
    /// - Parameters:
    ///   - duty: Says who asks, where several processes have a store in common; nil where this one is alone.
    ///   - risk: Learns what sources say of market capitalisations and volumes.
    public init(
        primary: SourceClient, secondary: SourceClient?, service: PriceService, store: AnomalyRepository,
        topics: Mailbox<TopicMail>, settings: RoundSettings, duty: KeptDuty?, risk: RiskService? = nil
    ) {
        self.primary = primary
        self.secondary = secondary
        self.service = service
        self.store = store
        self.topics = topics
        self.settings = settings
        self.duty = duty
        self.risk = risk
        symbols = Set(primary.symbols + (secondary?.symbols ?? [])).sorted()
    }

    /// What came of the rounds so far.
    public nonisolated var figures: RoundFigures {
        counts.withLock { counts in
            var figures = counts
            figures.isAsking = duty?.isHeld ?? true
            return figures
        }
    }

    /// The sources with what became of their questions.
    public nonisolated var sources: [(name: String, figures: SourceFigures)] {
        [primary, secondary].compactMap(\.self).map { ($0.name, $0.figures) }
    }

    // MARK: When

    /// Asks round by round; ends with its task.
    public func run() async {
        await withTaskGroup { group in
            if let duty { group.addTask { await duty.keep() } }
            group.addTask { await self.rounds() }
        }
    }

    /// Leaves the asking to another process.
    public nonisolated func resign() async { await duty?.layDown() }

    private func rounds() async {
        var next = MonotonicClock.milliseconds()
        while !Task.isCancelled {
            let now = MonotonicClock.milliseconds()
            if await duty?.takeOn() ?? true {
                await round(until: now + settings.periodMilliseconds)
                // A round that took longer is followed by the next one at once, and not by all that fell out.
                next = max(next + settings.periodMilliseconds, MonotonicClock.milliseconds())
            } else {
                // Whoever asks now knows more of the last samples.
                checks = [:]
                next = now + min(settings.periodMilliseconds, PriceRounds.dutyMilliseconds)
            }
            let wait = next - MonotonicClock.milliseconds()
            try? await Task.sleep(for: .milliseconds(max(0, wait)))
        }
    }

    // MARK: One round

    private func round(until deadline: Int64) async {
        if checks.isEmpty { await remember() }
        guard !checks.isEmpty else { return }
        let first = await primary.ask(symbols.filter(primary.knows), until: deadline)
        let asked = toCompare(first)
        let second = await secondary?.ask(asked.sorted(), until: deadline) ?? [:]
        await tell(first, second, asked)
        await risk?.learn(first, from: primary.name)
        await risk?.learn(second.filter { first[$0.key] == nil }, from: secondary?.name ?? "")
        await forget()
        counts.withLock { counts in
            counts.rounds += 1
            counts.endedAt = MonotonicClock.milliseconds()
        }
    }

    /// What is known of the time before: a price keeps the confidence that its last sample gave it.
    private func remember() async {
        if duty != nil {
            do throws(StorageError) {
                try await service.takeOver(symbols)
            } catch {
                return Log.warning("prices: what was told before cannot be read: \(error)")
            }
        }
        for symbol in symbols { checks[symbol] = PriceCheck(symbol, settings.mode) }
        for price in await service.prices(symbols) {
            let confidence = price.value.confidence
            checks[price.symbol] = PriceCheck(
                price.symbol, settings.mode, sampled: confidence == .stale ? nil : confidence,
                last: price.value)
        }
    }

    /// The symbols that the secondary source is asked for.
    private func toCompare(_ first: [Symbol: SourceQuote]) -> Set<Symbol> {
        guard let secondary else { return [] }
        let known = symbols.filter(secondary.knows)
        guard settings.mode == .sample else { return Set(known) }
        let missing = known.filter { first[$0]?.price.price == nil }
        return Set(rotation.next(of: known.filter(primary.knows)) + missing)
    }

    private func tell(
        _ first: [Symbol: SourceQuote], _ second: [Symbol: SourceQuote], _ asked: Set<Symbol>
    ) async {
        let now = Timestamp.now()
        var ticks: [Tick] = []
        var stale: [QuotedPrice] = []
        for symbol in symbols {
            let other = asked.contains(symbol) ? second[symbol]?.price ?? .failed : .notAsked
            let outcome = checks[symbol]?.take(
                primary: first[symbol]?.price ?? .failed, secondary: other, primaryName: primary.name,
                secondaryName: secondary?.name ?? "", at: now)
            guard let outcome else { continue }
            counts.withLock { $0.prices[outcome.value.confidence, default: 0] += 1 }
            if outcome.value.confidence == .stale {
                stale.append(QuotedPrice(symbol: symbol, value: outcome.value))
            } else if let tick = Tick(symbol, outcome.value) {
                ticks.append(tick)
            }
            if let anomaly = outcome.anomaly { note(anomaly) }
        }
        service.mark(stale)
        let receipt = await service.take(ticks)
        if let refusal = receipt.refused.first {
            Log.warning("prices: \(receipt.refused.count) of a round are refused: \(refusal.error.message)")
        }
        await keepAnomalies()
    }

    // MARK: Anomalies

    private func note(_ anomaly: PriceAnomaly) {
        counts.withLock { $0.anomalies += 1 }
        let record = AnomalyRecord(
            symbol: anomaly.symbol.text, at: anomaly.at, primary: anomaly.primary.text,
            secondary: anomaly.secondary.text, percent: anomaly.percent?.text, primarySource: primary.name,
            secondarySource: secondary?.name ?? "")
        if waiting.count < PriceRounds.waitingLimit { waiting.append(record) }
    }

    /// Writes them down, then tells them; what a store that is away does not take waits for the next round.
    private func keepAnomalies() async {
        guard !waiting.isEmpty else { return }
        let records = waiting
        do throws(StorageError) {
            try await store.add(records)
        } catch {
            return Log.warning("prices: anomalies cannot be written, it is tried again: \(error)")
        }
        waiting.removeFirst(records.count)
        for record in records {
            topics.post(
                .publish(
                    TopicPublication(
                        channel: AnomalyRecord.channel, data: record.jsonObject, publisher: "", clientID: nil,
                        reply: .none)))
        }
    }

    private func forget() async {
        guard settings.anomalyDays > 0 else { return }
        let cutoff = Timestamp.now().milliseconds - Int64(settings.anomalyDays) * 86_400_000
        _ = try? await store.forget(before: Timestamp(milliseconds: cutoff), limit: 1000)
    }
}
