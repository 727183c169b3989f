public import Bytes
import Decimals

/// Prices of things that do not exist, for those who try a server: a seeded random walk, marked as what it is by its
/// source and by symbols that begin with `DEMO-`.
public struct DemoPrices: Sendable {
    /// What ticks of it name as their source.
    public static let source = "demo"

    private struct Walk: Sendable {
        let symbol: Symbol
        /// In ``unit``s.
        var price: Int64
        /// What a price is counted in: hundredths, or ten-thousandths of what costs less than 1.
        let unit: Int128
        /// The largest step, in hundredths of a per cent.
        let stepLimit: Int64
    }

    private var walks: [Walk]
    private var state: UInt64

    /// A walk; the same seed walks the same way.
    public init(seed: UInt64) {
        state = seed
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
        for index in walks.indices where random(3) > 0 {
            let limit = max(1, walks[index].price * walks[index].stepLimit / 10_000)
            walks[index].price = max(1, walks[index].price + random(2 * limit + 1) - limit)
            guard let price = ExactDecimal(units: Int128(walks[index].price) * walks[index].unit),
                let volume = ExactDecimal(units: Int128(1 + random(500)) * 10_000_000_000_000_000),
                let tick = Tick(
                    walks[index].symbol, price: price, volume: volume, source: DemoPrices.source, at: now)
            else { continue }
            ticks.append(tick)
        }
        return ticks
    }

    /// A number from 0 up to, and without, a limit (SplitMix64, Steele et al. 2014).
    private mutating func random(_ limit: Int64) -> Int64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return Int64((bits ^ bits >> 31) % UInt64(max(1, limit)))
    }
}
