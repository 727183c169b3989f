import Bytes
import Decimals
import TestRandom
import Testing

@testable import Prices

@Suite("Longer candles are made of shorter ones")
struct CandleMendingTests {
    @Test(
        "whatever was written last of the longer ones, a start has them as the ticks make them",
        arguments: 0..<40)
    func random(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let symbol = try #require(Symbol("A"))
        let window = CandleWindow()
        let begin = Int64.random(in: 1_700_000_000_000...1_700_090_000_000, using: &random)
        var whole = CandleSeries(window)
        // What a store has: the shortest candles always, longer ones as they were at some moments.
        var store: [CandleInterval: [Timestamp: Candle]] = [:]
        var pending = LongerCandles()
        var clock = begin
        var newest = begin
        for number in 0..<400 {
            clock += Int64.random(in: 0...(number % 50 == 0 ? 7_200_000 : 90_000), using: &random)
            let at = clock - Int64.random(in: 0...100_000, using: &random)
            let volume = number % 3 == 0 ? ExactDecimal(units: Int128(number) * 1_234_567) : nil
            let price = try #require(ExactDecimal(units: Int128(random.next() % 1_000_000 + 1)))
            let tick = try #require(
                Tick(
                    symbol, price: price, volume: volume, source: "s", at: Timestamp(milliseconds: at),
                    sequence: Int64(number)))
            guard whole.take(tick, now: Timestamp(milliseconds: clock)) == .taken else { continue }
            newest = max(newest, at)
            for (key, candle) in whole.candles(at: tick.at) {
                if key.interval == .oneMinute {
                    store[key.interval, default: [:]][key.start] = candle
                } else {
                    pending.set(key, candle)
                }
            }
            let isDue = Int.random(in: 0..<4, using: &random) == 0
            for (key, candle) in isDue ? pending.all : pending.takeFinal(window) {
                store[key.interval, default: [:]][key.start] = candle
            }
            if isDue { pending = LongerCandles() }
        }
        let end = Timestamp(milliseconds: newest)
        var kept: [CandleInterval: [Candle]] = [:]
        for interval in CandleInterval.allCases {
            let from = interval.mendingStart(newest: end, window)
            kept[interval] = (store[interval] ?? [:]).values.filter { $0.start >= from }
        }
        let restored = CandleSeries(window, restoring: CandleMending.mend(kept, newest: end, window))
        for interval in CandleInterval.allCases {
            #expect(restored.candles(interval) == whole.candles(interval), "\(interval.rawValue)")
        }
    }
}
