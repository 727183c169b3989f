import Bytes
public import Reactor
public import Storage

/// Prices as the rest of the server uses them; any thread.
public struct PriceService: Sendable {
    /// The desk's door.
    public let desk: Mailbox<PriceMail>
    /// Ticks and candles of before.
    public let history: PriceRepository
    /// Sources that disagreed.
    public let anomalies: AnomalyRepository
    /// How risky things are.
    public let risk: RiskService
    /// Bounds.
    public let settings: PriceSettings
    /// The door of what other processes are told; nil where there are none.
    public let hints: Mailbox<PriceHint>?

    /// How soon a process knows what another one was told.
    private static let followMilliseconds: Int64 = 1000
    private static let overlapMilliseconds: Int64 = 30_000

    /// A service in front of a desk.
    public init(
        desk: Mailbox<PriceMail>, history: PriceRepository, anomalies: AnomalyRepository,
        risk: RiskService, settings: PriceSettings, hints: Mailbox<PriceHint>? = nil
    ) {
        self.desk = desk
        self.history = history
        self.anomalies = anomalies
        self.risk = risk
        self.settings = settings
        self.hints = hints
    }

    /// Takes ticks in; returns when those accepted are durable.
    public func take(_ ticks: [Tick]) async -> TickReceipt {
        await withCheckedContinuation { continuation in
            desk.post(.ticks(ticks) { continuation.resume(returning: $0) })
        }
    }

    /// The newest prices of these symbols, those without one left out; of all with nil, in the order of the symbols.
    public func prices(_ symbols: [Symbol]?) async -> [QuotedPrice] {
        await withCheckedContinuation { continuation in
            desk.post(.prices(symbols) { continuation.resume(returning: $0) })
        }
    }

    /// A symbol's candles that may still change, oldest first; none where another process makes them.
    public func openCandles(_ symbol: Symbol, _ interval: CandleInterval) async -> [Candle] {
        await withCheckedContinuation { continuation in
            desk.post(.candle(symbol, interval) { continuation.resume(returning: $0) })
        }
    }

    /// Marks prices of which no source says anything any more.
    public func mark(_ stale: [QuotedPrice]) {
        if !stale.isEmpty { desk.post(.stale(stale)) }
    }

    /// Leaves the candles to another process that makes them.
    func giveUpCandles() async {
        await withCheckedContinuation { continuation in
            desk.post(.giveUpCandles { continuation.resume() })
        }
    }

    /// Learns what other processes were told of symbols that are told here from now on.
    func takeOver(_ symbols: [Symbol]) async throws(StorageError) {
        let past = try await PricePast(history, settings, of: Set(symbols))
        await withCheckedContinuation { continuation in
            desk.post(.past(past) { continuation.resume() })
        }
    }

    /// Learns what other processes over the same store are told; for ever, until cancelled.
    public func follow() async {
        var since = Timestamp.now().milliseconds
        while (try? await Task.sleep(for: .milliseconds(PriceService.followMilliseconds))) != nil {
            // A price may be written a while after its moment; what is known already changes nothing.
            let from = Timestamp(milliseconds: since - PriceService.overlapMilliseconds)
            let now = Timestamp.now().milliseconds
            guard let records = try? await history.prices(since: from) else { continue }
            since = now
            if !records.isEmpty { desk.post(.known(records)) }
        }
    }

    /// Deletes ticks that are older than they are kept, and makes room for those to come; for ever, until cancelled.
    public func keepHouse(report: @Sendable (StorageError) -> Void) async {
        while !Task.isCancelled {
            let now = Timestamp.now()
            do throws(StorageError) {
                try await history.prepare(at: now)
                if settings.retentionDays > 0 {
                    let days = Int64(settings.retentionDays) * 86_400_000
                    _ = try await history.forgetTicks(
                        before: Timestamp(milliseconds: now.milliseconds - days))
                }
            } catch {
                report(error)
            }
            try? await Task.sleep(for: .seconds(3600))
        }
    }
}
