import Bytes
import Prices

/// Tells made-up prices, for `--demo-prices`.
enum DemoFeed {
    /// How often; some of the symbols move each time.
    private static let pauseMilliseconds = 500

    /// Tells them until its task is cancelled.
    static func run(into prices: PriceService) async {
        var walk = DemoPrices(seed: 2026)
        // A server that starts again goes on where it was: no chart falls off a cliff, no alert fires for it.
        walk.goOn(from: await prices.prices(walk.symbols))
        while !Task.isCancelled {
            _ = await prices.take(walk.next(at: .now()))
            try? await Task.sleep(for: .milliseconds(pauseMilliseconds))
        }
    }
}
