import Bytes
import Decimals
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
}
