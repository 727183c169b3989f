import Bytes
import StoreTesting
import Testing

@testable import Storage

@Suite("Candles of several processes in the store (Decision 0017)")
struct CandleTickTests {
    private static let begin = Timestamp(milliseconds: 1_769_903_940_000)

    private static func tick(_ number: Int64, symbol: String = "A") -> TickRecord {
        TickRecord(
            symbol: symbol, at: Timestamp(milliseconds: begin.milliseconds + number), source: "s",
            key: "#\(number)", number: number, price: "\(number)")
    }

    private static func candle(_ count: Int64) -> CandleRecord {
        CandleRecord(
            symbol: "A", interval: "1m", start: begin, open: "1", high: "3", low: "0.5", close: "2",
            openAt: begin, closeAt: begin, volume: nil, volumeCount: 0, tickCount: count)
    }

    private static func owing(_ numbers: [Int64]) -> PriceBatch {
        var batch = PriceBatch()
        batch.ticks = numbers.map { tick($0) }
        batch.owed = Array(batch.ticks.indices)
        return batch
    }

    private static func counts(_ prices: PriceRepository) async throws -> [Int64] {
        let end = Timestamp(milliseconds: begin.milliseconds + 60_000)
        return try await prices.candles(of: "A", interval: "1m", from: begin, to: end, limit: 9)
            .map(\.tickCount)
    }

    @Test(
        "what is owed is found in its order, and goes with the candle that takes it in",
        arguments: StoreDriver.allCases)
    func owed(on driver: StoreDriver) async throws {
        let prices = PriceRepository(database: try await TestStore.open(on: driver).database)
        let term = try await prices.takeCandles()
        #expect(try await prices.append(CandleTickTests.owing([3, 1])).owed == 2)
        #expect(try await prices.append(CandleTickTests.owing([2, 4])).owed == 2)
        let owed = try await prices.owedTicks(limit: 3)
        #expect(owed.map(\.tick.number) == [1, 3, 2])
        #expect(owed.map(\.tick) == [1, 3, 2].map { CandleTickTests.tick($0) })
        var batch = PriceBatch()
        batch.term = term
        batch.settled = try #require(owed.last).seq
        batch.candles = [CandleTickTests.candle(3)]
        let outcome = try await prices.append(batch)
        #expect(outcome.hasCandles && outcome.owed == 0)
        #expect(try await prices.owedTicks(limit: 9).map(\.tick.number) == [4])
        #expect(try await CandleTickTests.counts(prices) == [3])
    }

    @Test(
        "who has taken the candles over shuts out who made them before: their ticks are owed",
        arguments: StoreDriver.allCases)
    func terms(on driver: StoreDriver) async throws {
        let prices = PriceRepository(database: try await TestStore.open(on: driver).database)
        let old = try await prices.takeCandles()
        _ = try await prices.append(CandleTickTests.owing([1]))
        let new = try await prices.takeCandles()
        #expect(new > old)
        var batch = PriceBatch()
        batch.ticks = [CandleTickTests.tick(2)]
        batch.candles = [CandleTickTests.candle(2)]
        batch.term = old
        batch.settled = try await prices.owedTicks(limit: 1).first?.seq
        let outcome = try await prices.append(batch)
        #expect(!outcome.hasCandles && outcome.owed == 1)
        #expect(try await CandleTickTests.counts(prices).isEmpty)
        #expect(try await prices.owedTicks(limit: 9).map(\.tick.number) == [1, 2])
        batch.term = new
        #expect(try await prices.append(batch).hasCandles)
        #expect(try await CandleTickTests.counts(prices) == [2])
    }

    @Test(
        "a tick that is known is not owed again; one that the maker was told as well is owed no more",
        arguments: StoreDriver.allCases)
    func repeats(on driver: StoreDriver) async throws {
        let prices = PriceRepository(database: try await TestStore.open(on: driver).database)
        let term = try await prices.takeCandles()
        var own = PriceBatch()
        own.term = term
        own.ticks = [CandleTickTests.tick(1)]
        #expect(try await prices.append(own).owed == 0)
        #expect(try await prices.append(CandleTickTests.owing([1, 2, 2, 3])).owed == 2)
        #expect(try await prices.append(CandleTickTests.owing([2])).owed == 0)
        own.ticks = [CandleTickTests.tick(3), CandleTickTests.tick(4)]
        // In its place among those that were owed when another one made candles.
        own.owed = [1]
        #expect(try await prices.append(own).owed == 1)
        #expect(try await prices.owedTicks(limit: 9).map(\.tick.number) == [2, 4])
        let end = Timestamp(milliseconds: CandleTickTests.begin.milliseconds + 60_000)
        #expect(
            try await prices.ticks(of: "A", from: CandleTickTests.begin, to: end, limit: 9).count == 4)
    }

    @Test("an old price is marked once, and only as it is known", arguments: StoreDriver.allCases)
    func stale(on driver: StoreDriver) async throws {
        let prices = PriceRepository(database: try await TestStore.open(on: driver).database)
        let at = CandleTickTests.begin
        var batch = PriceBatch()
        batch.prices = ["A", "B"].map {
            PriceRecord(symbol: $0, price: "1", confidence: "high", at: at, source: "s")
        }
        try await prices.append(batch)
        let later = Timestamp(milliseconds: at.milliseconds + 1)
        batch.prices = [PriceRecord(symbol: "B", price: "2", confidence: "high", at: later, source: "s")]
        try await prices.append(batch)
        let first = try await prices.markStale([("A", at), ("B", at)])
        #expect(first.marked == ["A"])
        #expect(first.prices.map(\.symbol) == ["A", "B"])
        #expect(first.prices.map(\.confidence) == ["stale", "high"])
        #expect(first.prices.map(\.price) == ["1", "2"])
        let second = try await prices.markStale([("A", at), ("C", at)])
        #expect(second.marked.isEmpty && second.prices.map(\.confidence) == ["stale"])
    }
}
