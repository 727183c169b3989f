import Decimals
import Testing

@testable import Prices

@Suite("Volatility of daily closes (B8)")
struct VolatilityTests {
    private func closes(_ prices: [String], from day: Int64 = 0) throws -> [(day: Int64, price: ExactDecimal)]
    {
        try prices.enumerated().map { (day + Int64($0.offset), try decimal($0.element)) }
    }

    @Test("the sample standard deviation of the changes, in percent")
    func deviation() throws {
        // Up and down by turns: changes of +100 % and −50 %, 16 of each; the mean is 25.
        let prices = (0..<33).map { $0 % 2 == 0 ? "100" : "200" }
        let found = try #require(Volatility.percent(try closes(prices)))
        // √(32 · 75² ÷ 31), cut off at the 9th place.
        #expect(found.value.text == "76.2000762")
        #expect(found.changes == 32)
    }

    @Test("prices that stand still have none, and thirty changes are enough")
    func still() throws {
        #expect(Volatility.percent(try closes(Array(repeating: "7", count: 31)))?.value.text == "0")
        #expect(Volatility.percent(try closes(Array(repeating: "7", count: 30))) == nil)
    }

    @Test("a day that is missing makes no change")
    func gaps() throws {
        let first = try closes(Array(repeating: "7", count: 16))
        let second = try closes(Array(repeating: "9", count: 16), from: 17)
        let found = try #require(Volatility.percent(first + second))
        #expect(found.changes == 30 && found.value.text == "0")
    }
}
