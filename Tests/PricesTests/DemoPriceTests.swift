import Bytes
import Decimals
import Storage
import StoreTesting
import Testing

@testable import Prices

@Suite("Made-up prices")
struct DemoPriceTests {
    @Test("a walk goes on from the prices of before, and the same one walks the same way")
    func goesOn() throws {
        var (one, other) = (DemoPrices(seed: 7), DemoPrices(seed: 7))
        let symbol = try #require(Symbol("DEMO-XRP"))
        let price = try ExactDecimal("2.3456")
        let tick = try #require(
            Tick(
                symbol, price: price, volume: nil, source: DemoPrices.source, at: Timestamp(milliseconds: 1)))
        one.goOn(from: [QuotedPrice(tick)])
        other.goOn(from: [QuotedPrice(tick)])
        for moment in 2..<50 as Range<Int64> {
            let ticks = one.next(at: Timestamp(milliseconds: moment))
            #expect(ticks.map(\.price) == other.next(at: Timestamp(milliseconds: moment)).map(\.price))
            // Steps are at most four in a thousand.
            for tick in ticks where tick.symbol.text == "DEMO-XRP" && moment == 2 {
                #expect(
                    abs(tick.price.units - ExactDecimal.unitsPerOne * 23_456 / 10_000) < ExactDecimal
                        .unitsPerOne / 100)
            }
            #expect(ticks.allSatisfy { $0.symbol.text.hasPrefix("DEMO-") && $0.price.units > 0 })
        }
    }

    @Test(
        "what was before is the same for the same seed and twenty seconds, in order, and ends where the walk begins"
    )
    func past() throws {
        let walk = DemoPrices(seed: 7)
        let all = Set(walk.symbols)
        let now = Timestamp(milliseconds: 1_763_712_019_999)
        let ticks = walk.past(of: all, until: now, milliseconds: DemoPrices.pastMilliseconds)
        let again = DemoPrices(seed: 7).past(
            of: all, until: Timestamp(milliseconds: 1_763_712_000_000),
            milliseconds: DemoPrices.pastMilliseconds)
        #expect(ticks == again)
        #expect(ticks.count == 26 * 180 * all.count)
        #expect(ticks.map(\.at) == ticks.map(\.at).sorted())
        #expect(ticks.allSatisfy { $0.source == DemoPrices.source && $0.price.isPositive })
        let newest = Dictionary(ticks.map { ($0.symbol.text, $0) }) { $1 }
        #expect(newest["DEMO-BTC"]?.price == 64_000)
        #expect(newest["DEMO-BTC"]?.at == Timestamp(milliseconds: 1_763_712_000_000))
        #expect(DemoPrices(seed: 8).past(of: all, until: now, milliseconds: 60_000_000) != ticks)
        // Those that nobody asks for walk the same way.
        let one = Set([try symbol("DEMO-TEA")])
        #expect(
            walk.past(of: one, until: now, milliseconds: DemoPrices.pastMilliseconds)
                == ticks.filter { one.contains($0.symbol) })
    }

    @Test(
        "what was before is in the store with all its candles, fires nothing, and leaves what has a price alone"
    )
    func written() async throws {
        let store = try await TestStore.open()
        let repository = PriceRepository(database: store.database)
        let walk = DemoPrices(seed: 7)
        let known = try symbol("DEMO-ETH")
        let now = Timestamp(milliseconds: 1_763_712_000_000)
        let tick = try #require(Tick(known, price: 1, source: "x", at: now))
        try await repository.begin(with: [tick], areOwed: false)
        let fresh = try await repository.unknown(walk.symbols)
        #expect(fresh == Set(walk.symbols).subtracting([known]))
        let ticks = walk.past(of: fresh, until: now, milliseconds: 2 * 3_600_000)
        try await repository.begin(with: ticks, areOwed: false)
        #expect(try await repository.unknown(walk.symbols).isEmpty)
        let past = try await PricePast(repository, PriceSettings())
        #expect(past.mended.isEmpty)
        #expect(past.prices.first { $0.symbol == "DEMO-BTC" }?.price == "64000")
        #expect(past.prices.first { $0.symbol == "DEMO-ETH" }?.price == "1")
        let hour = try await repository.candles(
            of: "DEMO-BTC", interval: "1h", from: Timestamp(milliseconds: now.milliseconds - 3_600_000),
            to: now, limit: 10)
        let minutes = try await repository.candles(
            of: "DEMO-BTC", interval: "1m", from: Timestamp(milliseconds: now.milliseconds - 3_600_000),
            to: now, limit: 100)
        #expect(hour.map(\.tickCount) == [180])
        #expect(minutes.count == 60 && minutes.allSatisfy { $0.tickCount == 3 })
        #expect(hour.first?.open == minutes.first?.open && hour.first?.close == minutes.last?.close)
        #expect(try await repository.owedTicks(limit: 10).isEmpty)
    }

    @Test(
        "where several processes write to a store, whoever makes the candles is owed what was before, by one of them"
    )
    func owed() async throws {
        let store = try await TestStore.open()
        let repository = PriceRepository(database: store.database)
        let walk = DemoPrices(seed: 7)
        let now = Timestamp(milliseconds: 1_763_712_000_000)
        let ticks = walk.past(of: Set(walk.symbols), until: now, milliseconds: 600_000)
        try await repository.begin(with: ticks, areOwed: true)
        // Another one that began at the same time, and has come to it later.
        let later = walk.past(
            of: Set(walk.symbols), until: Timestamp(milliseconds: now.milliseconds + 20_000),
            milliseconds: 600_000)
        try await repository.begin(with: later, areOwed: true)
        let owed = try await repository.owedTicks(limit: .max)
        #expect(owed.compactMap { Tick($0.tick) } == ticks)
        let candles = try await repository.candles(
            of: "DEMO-BTC", interval: "1m", from: Timestamp(milliseconds: 0), to: now, limit: 10)
        #expect(candles.isEmpty)
    }
}

@Suite("Made-up risk")
struct DemoRiskTests {
    @Test("there is a score of each thing, the same for the same seed, and it moves in time")
    func scores() throws {
        var (one, other) = (DemoRisk(seed: 3), DemoRisk(seed: 3))
        let walk = DemoPrices(seed: 3)
        let prices = walk.past(
            of: Set(walk.symbols), until: Timestamp(milliseconds: 1_763_712_000_000), milliseconds: 20_000
        ).map { QuotedPrice($0) }
        #expect(prices.count == walk.symbols.count)
        var scores: [Symbol: Set<Int>] = [:]
        for _ in 0..<500 {
            let quotes = one.next(at: prices)
            #expect(quotes == other.next(at: prices))
            for (symbol, quote) in quotes {
                var inputs = try #require(one.given[symbol])
                (inputs.marketCap, inputs.volume) = (quote.marketCap, quote.volume)
                scores[symbol, default: []].insert(try RiskScore(inputs).score)
            }
        }
        #expect(Set(scores.keys) == Set(walk.symbols))
        #expect(scores.values.contains { $0.count > 1 })
    }
}
