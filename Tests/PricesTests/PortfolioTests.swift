import Decimals
import JSON
import Prices
import TestRandom
import Testing

@Suite("Portfolios (B7)") struct PortfolioTests {
    private func holding(_ name: String, _ amount: String) throws -> Holding {
        try #require(Holding(try symbol(name), try decimal(amount)))
    }

    @Test("the value is the sum over the holdings, with each one's share; missing prices are named")
    func value() throws {
        let (a, b) = (try symbol("A"), try symbol("B"))
        var portfolio = try Portfolio([
            holding("A", "1.5"), holding("B", "2"), holding("C", "3"), holding("A", "0.5"),
        ])
        #expect(portfolio.holdings[a] == 2)
        #expect(try portfolio.isTouched(by: a) && !portfolio.isTouched(by: symbol("X")))
        #expect(try portfolio.valuation().missing.map(\.text) == ["A", "B", "C"])
        #expect(try portfolio.take(a, 10))
        #expect(try portfolio.take(b, 30))
        #expect(try !portfolio.take(b, 30))
        #expect(try !portfolio.take(symbol("X"), 30))
        let valuation = try portfolio.valuation()
        #expect(valuation.value == 80 && valuation.change == nil && valuation.changeShare == nil)
        #expect(valuation.rows.map(\.value) == [20, 60])
        #expect(valuation.rows.map(\.share) == [try decimal("0.25"), try decimal("0.75")])
        #expect(valuation.missing.map(\.text) == ["C"])
    }

    @Test("the change is measured on the holdings that have both prices")
    func change() throws {
        let (a, b) = (try symbol("A"), try symbol("B"))
        var portfolio = try Portfolio([holding("A", "2"), holding("B", "1")])
        try portfolio.take(a, 11)
        try portfolio.take(b, 100)
        portfolio.setReference([a: 10, try symbol("X"): 1])
        let valuation = try portfolio.valuation()
        #expect(valuation.value == 122 && valuation.change == 2)
        #expect(try valuation.changeShare == decimal("0.1"))
        try portfolio.take(a, 5)
        #expect(try portfolio.valuation().change == -10)
    }

    @Test("nothing, and what is worth nothing, have no shares")
    func nothing() throws {
        var portfolio = try Portfolio([holding("A", "0")])
        try portfolio.take(symbol("A"), 5)
        #expect(try portfolio.valuation().value == 0)
        #expect(try portfolio.valuation().rows.map(\.share) == [nil])
        #expect(try Portfolio([]).valuation().value == 0)
        #expect(Holding(try symbol("A"), -1) == nil)
    }

    @Test("what is too large is an error and changes nothing")
    func overflow() throws {
        let a = try symbol("A")
        var portfolio = try Portfolio([holding("A", "1000000000")])
        try portfolio.take(a, 1)
        #expect(throws: DecimalError.outOfRange) { try portfolio.take(a, 1_000_000_000) }
        #expect(try portfolio.valuation().value == 1_000_000_000)
    }

    @Test("price by price comes to the same as all at once")
    func incremental() throws {
        var random = SeededRandom(seed: 21)
        let names = try (0..<12).map { try symbol("S\($0)") }
        let holdings = try names.map { name in
            try #require(Holding(name, try decimal("\(random.next() % 1000).\(random.next() % 1_000_000)")))
        }
        var live = try Portfolio(holdings)
        var prices: [Symbol: ExactDecimal] = [:]
        for _ in 0..<300 {
            let name = names[Int(random.next() % 12)]
            let price = try decimal("\(random.next() % 1000).\(random.next() % 1_000_000_000)")
            prices[name] = price
            try live.take(name, price)
            var fresh = try Portfolio(holdings)
            for (name, price) in prices { try fresh.take(name, price) }
            #expect(try fresh.valuation() == live.valuation())
        }
    }

    @Test("the index names the portfolios that a symbol touches")
    func index() throws {
        let (a, b) = (try symbol("A"), try symbol("B"))
        var index = PortfolioIndex()
        index.set("p", [a, b, a])
        index.set("q", [b])
        #expect(index.touched(by: a) == ["p"] && index.touched(by: b) == ["p", "q"])
        index.set("p", [b])
        #expect(index.touched(by: a).isEmpty)
        index.set("q", [])
        #expect(index.touched(by: b) == ["p"])
    }

    @Test("a valuation as JSON")
    func json() throws {
        var portfolio = try Portfolio([holding("A", "2"), holding("B", "1")])
        try portfolio.take(symbol("A"), 11)
        portfolio.setReference([try symbol("A"): 10])
        var writer = JSONWriter()
        writer.beginObject()
        try portfolio.valuation().writeMembers(to: &writer)
        writer.endObject()
        #expect(
            writer.text() == #"{"value":"22","change":"2","change_share":"0.1","#
                + #""holdings":[{"symbol":"A","value":"22","share":"1"}],"missing":["B"]}"#)
    }
}
