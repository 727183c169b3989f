import Bytes
import Prices
import Storage
import Telemetry

/// Tells made-up prices, for `--demo-prices`.
enum DemoFeed {
    private static let seed: UInt64 = 2026
    /// How often; some of the symbols move each time.
    private static let pauseMilliseconds = 500
    /// How long what was before may take to become candles, where several processes write to the store.
    private static let patienceMilliseconds: Int64 = 60_000
    /// Of so many times what scores of risk are made of is told once.
    private static let riskRounds = 20

    /// Gives symbols that nobody has told a price of a past, before the desk reads it.
    static func prepare(_ prices: PriceService) async throws(StorageError) {
        let walk = DemoPrices(seed: seed)
        let fresh = try await prices.history.unknown(walk.symbols)
        guard !fresh.isEmpty else { return }
        // No longer than ticks are kept.
        let days = Int64(prices.settings.retentionDays)
        let kept = days > 0 ? days * 86_400_000 : .max
        let ticks = walk.past(
            of: fresh, until: .now(), milliseconds: min(DemoPrices.pastMilliseconds, kept))
        try await prices.history.begin(with: ticks, areOwed: prices.settings.isStoreShared)
    }

    /// Tells them until its task is cancelled.
    static func run(into prices: PriceService) async {
        var walk = DemoPrices(seed: seed)
        var risk = DemoRisk(seed: seed)
        // A server that starts again goes on where it was: no chart falls off a cliff, no alert fires for it.
        walk.goOn(from: await prices.prices(walk.symbols))
        await give(risk.given, to: prices.risk)
        await pastIsTaken(prices)
        var round = 0
        while !Task.isCancelled {
            _ = await prices.take(walk.next(at: .now()))
            if round % riskRounds == 0 {
                let quotes = risk.next(at: await prices.prices(walk.symbols))
                await prices.risk.learn(quotes, from: DemoPrices.source)
            }
            round += 1
            try? await Task.sleep(for: .milliseconds(pauseMilliseconds))
        }
    }

    /// Waits until the candles have what was before: behind newer ticks it would be too late for them.
    private static func pastIsTaken(_ prices: PriceService) async {
        guard prices.settings.isStoreShared else { return }
        let start = Timestamp.now()
        while !Task.isCancelled, Timestamp.now().milliseconds - start.milliseconds < patienceMilliseconds {
            let oldest = try? await prices.history.owedTicks(limit: 1).first
            guard let oldest, oldest.tick.at < start else { return }
            try? await Task.sleep(for: .milliseconds(pauseMilliseconds))
        }
    }

    /// What somebody else has said of one is left as it is.
    private static func give(_ inputs: [Symbol: RiskInputs], to risk: RiskService) async {
        for (symbol, inputs) in inputs {
            do throws(StorageError) {
                guard try await risk.report(symbol).missing.count == 3 else { continue }
                _ = try await risk.give(inputs, of: symbol)
            } catch {
                Log.warning("the made-up risk of \(symbol.text) cannot be written: \(error)")
            }
        }
    }
}
