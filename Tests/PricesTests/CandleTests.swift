import Bytes
import Decimals
import JSON
import Prices
import TestRandom
import Testing

@Suite("Candles (B5)") struct CandleTests {
    private let btc: Symbol

    init() throws { btc = try symbol("BTC-USD") }

    private func tick(
        _ price: String, _ at: Int64, volume: String? = nil, source: String = "a", sequence: Int64? = nil
    ) throws -> Tick {
        try #require(
            Tick(
                btc, price: try decimal(price), volume: try volume.map(decimal), source: source,
                at: moment(at), sequence: sequence))
    }

    private func taken(_ ticks: [Tick], _ series: inout CandleSeries) -> [TickVerdict] {
        ticks.map { series.take($0, now: moment(10_000_000)) }
    }

    @Test("open, high, low and close are by the ticks' times, whatever their order")
    func order() throws {
        var series = CandleSeries()
        let ticks = [
            try tick("5", 60_500), try tick("7", 60_100), try tick("2", 119_999), try tick("9", 60_300),
        ]
        #expect(taken(ticks, &series) == [.taken, .taken, .taken, .taken])
        let candle = try #require(series.candle(.oneMinute, at: moment(60_000)))
        #expect(candle.start == moment(60_000))
        #expect(candle.open == 7 && candle.high == 9 && candle.low == 2 && candle.close == 2)
        #expect(candle.tickCount == 4 && candle.averageVolume == nil)
        #expect(series.candle(.oneDay, at: moment(0))?.open == 7)
    }

    @Test("within one millisecond arrival decides who is first (H)")
    func sameMillisecond() throws {
        var series = CandleSeries()
        _ = taken([try tick("5", 100), try tick("7", 100), try tick("6", 100)], &series)
        let candle = try #require(series.candle(.oneMinute, at: moment(0)))
        #expect(candle.open == 5 && candle.close == 6 && candle.high == 7)
    }

    @Test("a tick without volume is left out of the average (H)")
    func volumes() throws {
        var series = CandleSeries()
        _ = taken(
            [try tick("5", 1, volume: "1"), try tick("5", 2), try tick("5", 3, volume: "0")], &series)
        #expect(try series.candle(.oneHour, at: moment(0))?.averageVolume == decimal("0.5"))
        #expect(series.candle(.oneHour, at: moment(0))?.tickCount == 3)
    }

    @Test("the same tick of the same source twice is one (H)")
    func duplicates() throws {
        var series = CandleSeries()
        let ticks = [
            try tick("5", 1, sequence: 7), try tick("5", 1, sequence: 7), try tick("5", 1, sequence: 8),
            try tick("5", 1, source: "b", sequence: 7), try tick("5", 1), try tick("5", 1),
            try tick("6", 1), try tick("5", 1, volume: "1"), try tick("5", 2),
        ]
        #expect(
            taken(ticks, &series) == [
                .taken, .duplicate, .taken, .taken, .taken, .duplicate, .taken, .taken, .taken,
            ])
        #expect(series.candle(.oneDay, at: moment(0))?.tickCount == 7)
    }

    @Test("ticks count up to the window's edge behind the newest, also over a candle's end")
    func window() throws {
        var series = CandleSeries()
        let ticks = [
            try tick("5", 300_000), try tick("6", 180_000), try tick("7", 179_999), try tick("8", 299_999),
            try tick("8", 299_999), try tick("6", 180_000),
        ]
        #expect(taken(ticks, &series) == [.taken, .taken, .late, .taken, .duplicate, .duplicate])
        #expect(series.candles(.oneMinute).map(\.start.milliseconds) == [180_000, 240_000, 300_000])
        #expect(series.candles(.fiveMinutes).map(\.start.milliseconds) == [0, 300_000])
        _ = taken([try tick("9", 420_000)], &series)
        #expect(series.candles(.oneMinute).map(\.start.milliseconds) == [300_000, 420_000])
        #expect(series.candles(.fiveMinutes).map(\.close.wholePart) == [9])
    }

    @Test("a tick from the future is refused: it would make all others late")
    func ahead() throws {
        var series = CandleSeries()
        #expect(series.take(try tick("5", 10_001), now: moment(0)) == .ahead)
        #expect(series.take(try tick("5", 10_000), now: moment(0)) == .taken)
    }

    @Test("intervals begin at their multiples in UTC")
    func intervals() {
        // 2025-11-21T08:00:01.050Z
        let at = moment(1_763_712_001_050)
        let starts = CandleInterval.allCases.map { $0.start(of: at).milliseconds }
        let eight: Int64 = 1_763_712_000_000
        #expect(starts == [eight, eight, eight, eight, eight, eight - 28_800_000])
        #expect(CandleInterval.quarterHour.start(of: moment(eight - 1)) == moment(eight - 900_000))
        #expect(CandleInterval.oneMinute.start(of: moment(-1)) == moment(-60_000))
        #expect(CandleInterval.oneMinute.start(of: moment(-60_000)) == moment(-60_000))
        #expect(CandleInterval(rawValue: "4h") == .fourHours && CandleInterval(rawValue: "2h") == nil)
    }

    @Test("any order of arrival makes the candles that sorting makes", arguments: 0..<20)
    func permutations(seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        var ticks = try (0..<200).map { number in
            try tick(
                String(Int.random(in: 1...20, using: &random)), Int64(random.next() % 120) * 1000,
                volume: Bool.random(using: &random) ? String(random.next() % 10) : nil,
                sequence: Int64(number))
        }
        ticks.shuffle(using: &random)
        var series = CandleSeries()
        for (number, tick) in ticks.enumerated() {
            #expect(series.take(tick, now: moment(10_000_000)) == .taken)
            // A tick twice changes nothing.
            guard number % 7 == 0, let again = ticks[0...number].randomElement(using: &random) else {
                continue
            }
            #expect(series.take(again, now: moment(10_000_000)) == .duplicate)
        }
        for interval in CandleInterval.allCases {
            #expect(series.candles(interval) == Self.fromScratch(ticks, interval))
        }
    }

    /// The definition: ticks by time, then by arrival.
    private static func fromScratch(_ ticks: [Tick], _ interval: CandleInterval) -> [Candle] {
        let sorted = ticks.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
        let groups = Dictionary(grouping: sorted.map(\.element)) { interval.start(of: $0.at) }
        return groups.sorted { $0.key < $1.key }.compactMap { start, group in
            guard let first = group.first, let last = group.last,
                let high = group.map(\.price).max(), let low = group.map(\.price).min()
            else { return nil }
            return Candle(
                start: start, open: first.price, openAt: first.at, high: high, low: low, close: last.price,
                closeAt: last.at, volumes: DecimalSum(group.compactMap(\.volume)), tickCount: group.count)
        }
    }

    @Test("a book goes on where a store's candles end")
    func restoring() throws {
        var book = CandleBook()
        let early = try [tick("5", 1000, volume: "2"), tick("9", 59_000), tick("4", 61_000)]
        for tick in early { #expect(book.take(tick, now: moment(100_000)) == .taken) }
        var kept: [CandleInterval: [Candle]] = [:]
        for interval in CandleInterval.allCases { kept[interval] = book.candles(btc, interval) }
        var restored = CandleBook()
        restored.restore(btc, kept)
        let late = try [tick("3", 500, volume: "4"), tick("8", 62_000)]
        for tick in late {
            #expect(book.take(tick, now: moment(100_000)) == .taken)
            #expect(restored.take(tick, now: moment(100_000)) == .taken)
        }
        for interval in CandleInterval.allCases {
            #expect(restored.candles(btc, interval) == book.candles(btc, interval))
        }
        #expect(restored.candle(btc, .oneMinute, at: moment(0))?.open == 3)
    }

    @Test("a candle as JSON")
    func json() throws {
        var candle = Candle(try tick("5.50", 60_001, volume: "3"), .oneMinute)
        candle.take(try tick("4", 60_002, volume: "4"))
        var writer = JSONWriter()
        writer.beginObject()
        candle.writeMembers(to: &writer)
        writer.endObject()
        #expect(
            writer.text() == #"{"start":60000,"open":"5.5","high":"5.5","low":"4","close":"4","#
                + #""average_volume":"3.5","ticks":2}"#)
    }
}
