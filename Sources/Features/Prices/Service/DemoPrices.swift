public import Bytes
import Decimals

/// Prices of things that do not exist, for those who try a server: a seeded random walk, marked as what it is by its
/// source and by symbols that begin with `DEMO-`.
public struct DemoPrices: Sendable {
    /// What ticks of it name as their source.
    public static let source = "demo"

    struct Walk: Sendable {
        let symbol: Symbol
        /// In ``unit``s.
        var price: Int64
        /// What a price is counted in: hundredths, or ten-thousandths of what costs less than 1.
        let unit: Int128
        /// The largest step, in hundredths of a per cent.
        let stepLimit: Int64
    }

    let seed: UInt64
    private(set) var walks: [Walk]
    private var random: DemoRandom

    /// A walk; the same seed walks the same way.
    public init(seed: UInt64) {
        self.seed = seed
        random = DemoRandom(seed: seed)
        let things: [(String, Int64, Int, Int64)] = [
            ("DEMO-BTC", 6_400_000, 2, 12), ("DEMO-ETH", 310_000, 2, 18), ("DEMO-SOL", 15_000, 2, 30),
            ("DEMO-XRP", 6_000, 4, 40), ("DEMO-GOLD", 240_000, 2, 5), ("DEMO-TEA", 1_234, 2, 60),
        ]
        walks = things.compactMap { name, price, places, step in
            let unit = ExactDecimal.unitsPerOne / (places == 4 ? 10_000 : 100)
            return Symbol(name).map { Walk(symbol: $0, price: price, unit: unit, stepLimit: step) }
        }
    }

    /// What it tells prices of.
    public var symbols: [Symbol] { walks.map(\.symbol) }

    /// Goes on from prices of before.
    public mutating func goOn(from prices: [QuotedPrice]) {
        for price in prices {
            guard let index = walks.firstIndex(where: { $0.symbol == price.symbol }),
                let count = Int64(exactly: price.value.price.units / walks[index].unit), count > 0
            else { continue }
            walks[index].price = count
        }
    }

    /// The next prices of some of the symbols.
    public mutating func next(at now: Timestamp) -> [Tick] {
        var ticks: [Tick] = []
        for index in walks.indices where random.next(below: 3) > 0 {
            walks[index].price = walks[index].step(&random)
            guard let tick = walks[index].tick(at: now, &random) else { continue }
            ticks.append(tick)
        }
        return ticks
    }
}

extension DemoPrices.Walk {
    /// A price that may come next.
    func step(_ random: inout DemoRandom) -> Int64 {
        let limit = max(1, price * stepLimit / 10_000)
        return max(1, price + random.next(below: 2 * limit + 1) - limit)
    }

    /// Its price at a moment, with some volume.
    func tick(at moment: Timestamp, _ random: inout DemoRandom) -> Tick? {
        guard let price = ExactDecimal(units: Int128(price) * unit),
            let volume = ExactDecimal(units: Int128(1 + random.next(below: 500)) * 10_000_000_000_000_000)
        else { return nil }
        return Tick(symbol, price: price, volume: volume, source: DemoPrices.source, at: moment)
    }
}
