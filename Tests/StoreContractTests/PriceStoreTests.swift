import Bytes
import StoreTesting
import Testing

@testable import Storage

@Suite("Prices in the store (B5)")
struct PriceStoreTests {
    private func tick(_ symbol: String, at: Int64, _ number: Int64, price: String = "1") -> TickRecord {
        TickRecord(
            symbol: symbol, at: Timestamp(milliseconds: at), source: "s", key: "\(number)", number: number,
            price: price, volume: number % 2 == 0 ? "0.5" : nil)
    }

    /// 2026-01-31 23:59:59.999 UTC, a moment before a month's end.
    private let monthsEnd: Int64 = 1_769_903_999_999

    @Test("ticks of several months are read in order, page by page", arguments: StoreDriver.allCases)
    func pages(on driver: StoreDriver) async throws {
        let prices = PriceRepository(database: try await TestStore.open(on: driver).database)
        let day: Int64 = 86_400_000
        let times = (-40..<40).map { monthsEnd + 1 + $0 * day }
        var batch = PriceBatch()
        batch.ticks = times.enumerated().shuffled().map { tick("A", at: $1, Int64($0)) }
        batch.ticks += [tick("B", at: monthsEnd, 1), tick("A", at: monthsEnd, 1000)]
        try await prices.append(batch)
        var found: [TickRecord] = []
        var position: TickPosition?
        let (from, end) = (Timestamp(milliseconds: 0), Timestamp(milliseconds: monthsEnd + 100 * day))
        repeat {
            let page = try await prices.ticks(of: "A", from: from, to: end, after: position, limit: 7)
            position = page.last.map { TickPosition(at: $0.at, source: $0.source, key: $0.key) }
            found += page
            if page.count < 7 { position = nil }
        } while position != nil
        #expect(found.map(\.at.milliseconds) == (times + [monthsEnd]).sorted())
        #expect(found.first?.volume == "0.5" && found.first?.price == "1")
        let part = try await prices.ticks(
            of: "A", from: Timestamp(milliseconds: monthsEnd), to: Timestamp(milliseconds: monthsEnd + 2),
            limit: 10)
        #expect(part.map(\.at.milliseconds) == [monthsEnd, monthsEnd + 1])
        let moments = [
            (symbol: "A", at: Timestamp(milliseconds: monthsEnd + 1)),
            (symbol: "B", at: Timestamp(milliseconds: monthsEnd)),
        ]
        let recent = try await prices.ticks(before: moments, milliseconds: day, limit: 10)
        let expected: [(String, Int64)] = [
            ("A", monthsEnd + 1 - day), ("A", monthsEnd), ("B", monthsEnd), ("A", monthsEnd + 1),
        ]
        #expect(recent.map { "\($0.symbol) \($0.at.milliseconds)" } == expected.map { "\($0.0) \($0.1)" })
    }

    @Test("a repeat is one tick; the newest price and candles are replaced", arguments: StoreDriver.allCases)
    func repeats(on driver: StoreDriver) async throws {
        let prices = PriceRepository(database: try await TestStore.open(on: driver).database)
        let at = Timestamp(milliseconds: monthsEnd)
        var batch = PriceBatch()
        batch.ticks = [tick("A", at: monthsEnd, 1), tick("A", at: monthsEnd, 1)]
        batch.prices = [PriceRecord(symbol: "A", price: "1", confidence: "high", at: at, source: "s")]
        var candle = CandleRecord(
            symbol: "A", interval: "1m", start: at, open: "1", high: "3", low: "0.5", close: "2",
            openAt: at, closeAt: at, volume: nil, volumeCount: 0, tickCount: 4)
        batch.candles = [candle]
        try await prices.append(batch)
        batch.prices[0].price = "2"
        candle.volume = "9.5"
        candle.volumeCount = 1
        batch.candles = [candle]
        try await prices.append(batch)
        // What another process knew before is no newer.
        batch.prices[0].at = Timestamp(milliseconds: monthsEnd - 1)
        batch.prices[0].price = "3"
        try await prices.append(batch)
        let end = Timestamp(milliseconds: monthsEnd + 1)
        #expect(try await prices.ticks(of: "A", from: at, to: end, limit: 10).count == 1)
        #expect(try await prices.prices().map(\.price) == ["2"])
        #expect(
            try await prices.candles(of: "A", interval: "1m", from: at, to: end, limit: 10) == [candle])
        let asked = ["1m", "1h"].map { CandleQuestion(symbol: "A", interval: $0, from: at) }
        #expect(try await prices.candles(asked) == [candle])
    }

    @Test("the newest or the oldest candles of a range", arguments: StoreDriver.allCases)
    func candles(on driver: StoreDriver) async throws {
        let prices = PriceRepository(database: try await TestStore.open(on: driver).database)
        let at = Timestamp(milliseconds: 0)
        var batch = PriceBatch()
        batch.candles = (0..<20).map {
            CandleRecord(
                symbol: "A", interval: "1m", start: Timestamp(milliseconds: $0 * 60_000), open: "1",
                high: "1",
                low: "1", close: "1", openAt: at, closeAt: at, volume: nil, volumeCount: 0, tickCount: 1)
        }
        try await prices.append(batch)
        let (from, end) = (Timestamp(milliseconds: 60_000), Timestamp(milliseconds: 600_000))
        let oldest = try await prices.candles(of: "A", interval: "1m", from: from, to: end, limit: 3)
        #expect(oldest.map { $0.start.milliseconds / 60_000 } == [1, 2, 3])
        let newest = try await prices.candles(
            of: "A", interval: "1m", from: from, to: end, limit: 3, newest: true)
        #expect(newest.map { $0.start.milliseconds / 60_000 } == [7, 8, 9])
        let asked = [CandleQuestion(symbol: "A", interval: "1m", from: Timestamp(milliseconds: 0))]
        #expect(try await prices.candles(asked).count == 20)
    }

    @Test("anomalies are kept, read page by page and forgotten", arguments: StoreDriver.allCases)
    func anomalies(on driver: StoreDriver) async throws {
        let store = AnomalyRepository(database: try await TestStore.open(on: driver).database)
        let records = (0..<10).map { (number: Int) -> AnomalyRecord in
            let at = Timestamp(milliseconds: Int64(number / 2))
            return AnomalyRecord(
                symbol: number % 2 == 0 ? "A" : "B", at: at, primary: "1", secondary: "2",
                percent: number == 3 ? nil : "100", primarySource: "p",
                secondarySource: "s")
        }
        try await store.add(records)
        try await store.add(Array(records.prefix(3)))
        let (from, end) = (Timestamp(milliseconds: 0), Timestamp(milliseconds: 5))
        var found: [AnomalyRecord] = []
        repeat {
            let last = found.last.map { ($0.at, $0.symbol) }
            found += try await store.anomalies(from: from, to: end, after: last, limit: 3)
        } while found.count % 3 == 0
        #expect(found == records)
        let some = try await store.anomalies(of: "B", from: Timestamp(milliseconds: 1), to: end, limit: 9)
        #expect(some == records.filter { $0.symbol == "B" && $0.at.milliseconds > 0 })
        #expect(try await store.forget(before: Timestamp(milliseconds: 2), limit: 3) == 3)
        #expect(try await store.forget(before: Timestamp(milliseconds: 2), limit: 3) == 1)
    }

    @Test("months that are over go whole; later ticks are taken again", arguments: StoreDriver.allCases)
    func retention(on driver: StoreDriver) async throws {
        let prices = PriceRepository(database: try await TestStore.open(on: driver).database)
        var batch = PriceBatch()
        batch.ticks = [tick("A", at: monthsEnd, 1), tick("A", at: monthsEnd + 1, 2)]
        try await prices.append(batch)
        try await prices.prepare(at: Timestamp(milliseconds: monthsEnd))
        #expect(try await prices.forgetTicks(before: Timestamp(milliseconds: monthsEnd)) == 0)
        #expect(try await prices.forgetTicks(before: Timestamp(milliseconds: monthsEnd + 1)) == 1)
        let all = (from: Timestamp(milliseconds: 0), end: Timestamp(milliseconds: monthsEnd + 2))
        #expect(try await prices.ticks(of: "A", from: all.from, to: all.end, limit: 10).map(\.number) == [2])
        try await prices.append(batch)
        #expect(try await prices.ticks(of: "A", from: all.from, to: all.end, limit: 10).count == 2)
    }

    @Test("a month's table begins and ends with the month, through leap years")
    func months() {
        for (text, start) in [
            ("price_ticks_197001", Int64(0)), ("price_ticks_202402", 1_706_745_600_000),
            ("price_ticks_202403", 1_709_251_200_000), ("price_ticks_202611", 1_793_491_200_000),
            ("price_ticks_200003", 951_868_800_000),
        ] {
            let month = TickMonth(of: Timestamp(milliseconds: start))
            #expect(month.table == text)
            #expect(month.start.milliseconds == start)
            #expect(TickMonth(table: text) == month)
            #expect(TickMonth(of: Timestamp(milliseconds: start - 1)).next == month)
        }
        for other in ["price_ticks_", "price_ticks_202613", "price_ticks_x", "prices"] {
            #expect(TickMonth(table: other) == nil)
        }
    }
}
