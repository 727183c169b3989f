import Testing

@testable import stoa_load

/// Prices: what is told, what came, and what of it is wrong.
@Suite("Prices under load")
struct PriceLoadTests {
    private static var plan: PricePlan {
        var plan = PricePlan()
        plan.symbols = 4
        plan.feeds = 2
        plan.watched = 2
        return plan
    }

    /// A dashboard of symbols 0 and 1 after these prices of symbol 0, of which three were told.
    private static func faults(_ prices: [UInt32]) -> Faults {
        var ledger = PriceLedger(plan, dashboards: 1)
        for due in 1...3 as ClosedRange<Int64> { _ = ledger.tell(0, due: due) }
        for price in prices { _ = ledger.take(0, price, dashboard: 0) }
        ledger.close()
        return ledger.faults
    }

    @Test("the newest price may take the place of those before it, and must come in the end")
    func newest() {
        #expect(PriceLoadTests.faults([1, 2, 3]) == Faults())
        #expect(PriceLoadTests.faults([3]) == Faults())
        #expect(PriceLoadTests.faults([1, 2]) == Faults(lost: 1))
        #expect(PriceLoadTests.faults([]) == Faults(lost: 1))
        #expect(PriceLoadTests.faults([1, 1, 3]) == Faults(repeated: 1))
        #expect(PriceLoadTests.faults([2, 1, 3]) == Faults(reordered: 1))
        #expect(PriceLoadTests.faults([3, 4]) == Faults(damaged: 1))
        #expect(PriceLoadTests.faults([0, 3]) == Faults(damaged: 1))
    }

    @Test("a symbol that nobody asked for is misrouted, one that is not there damaged")
    func places() {
        var ledger = PriceLedger(PriceLoadTests.plan, dashboards: 2)
        _ = ledger.tell(3, due: 7)
        #expect(PriceLoadTests.plan.symbols(of: 0) == [0, 1])
        #expect(ledger.take(3, 1, dashboard: 0) == nil)
        #expect(ledger.faults == Faults(misrouted: 1))
        #expect(ledger.take(4, 1, dashboard: 0) == nil)
        #expect(ledger.faults == Faults(misrouted: 1, damaged: 1))
        #expect(ledger.deliveries == 0)
    }

    @Test("a price's age counts from when its tick was due")
    func age() {
        var ledger = PriceLedger(PriceLoadTests.plan, dashboards: 1)
        for due in 1...2000 as ClosedRange<Int64> { _ = ledger.tell(1, due: due) }
        // Too old to know of.
        #expect(ledger.take(1, 10, dashboard: 0) == nil)
        #expect(ledger.take(1, 1999, dashboard: 0) == 1999)
        #expect(ledger.take(1, 2000, dashboard: 0) == 2000)
        #expect(ledger.deliveries == 3 && ledger.told == 2000 && ledger.demanded == 2000)
        #expect(ledger.faults == Faults() && ledger.missing(0) == 0)
    }

    @Test("every dashboard watches as many symbols as asked, none twice")
    func watched() {
        var plan = PricePlan()
        (plan.symbols, plan.watched) = (130, 128)
        for dashboard in 0..<300 {
            let symbols = plan.symbols(of: dashboard)
            #expect(Set(symbols).count == 128 && symbols.allSatisfy { (0..<130).contains($0) })
        }
    }

    private static func values(_ text: String) -> (values: [[Int]], isDamaged: Bool) {
        var values: [[Int]] = []
        let span = text.utf8Span.span
        var reader = PriceText(span)
        while let value = reader.next(span) { values.append([value.symbol, Int(value.price)]) }
        return (values, reader.isDamaged)
    }

    @Test("one value, and a message of several, are read whole or are damaged")
    func texts() {
        let single =
            #"{"type":"price_update","channel":"price:S12","symbol":"S12","offset":7,"price":"90","at":1}"#
        #expect(PriceLoadTests.values(single) == ([[12, 90]], false))
        let batch =
            #"{"type":"price_update","values":{"S1":{"offset":7,"price":"5"},"S22":{"offset":8,"price":"6","at":3}}}"#
        #expect(PriceLoadTests.values(batch) == ([[1, 5], [22, 6]], false))
        let whole = PriceLoadTests.values(batch).values.count
        for length in 24..<(batch.utf8.count - 1) {
            let cut = PriceLoadTests.values(String(batch.prefix(length)))
            #expect(cut.isDamaged && cut.values.count <= whole, "\(length)")
        }
    }

    @Test(
        "prices that make no sense are refused by their name",
        arguments: [
            (#"{"symbols":0}"#, "symbols"), (#"{"feeds":0}"#, "feeds"), (#"{"batch":1001}"#, "batch"),
            (#"{"watched":129}"#, "watched"), (#"{"ticks_per_second":0}"#, "ticks_per_second"),
            (#"{"fields":["at"]}"#, "fields"), (#"{"symbol":1}"#, "symbol"),
            (#"{"min_interval_ms":-1}"#, "min_interval_ms"),
        ])
    func refused(_ prices: String, _ name: String) {
        #expect {
            try ScenarioTests.parse(#", "publishers": 0, "prices": \#(prices)"#, kind: "prices")
        } throws: {
            "\($0)".contains(name)
        }
    }
}
