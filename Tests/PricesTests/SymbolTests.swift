import Bytes
import Decimals
import JSON
import Prices
import Testing

@Suite struct SymbolTests {
    @Test(
        "letters, digits, hyphens, points and underscores make a symbol",
        arguments: ["BTC-USD", "b", "1INCH", "BRK.B", "a_b", String(repeating: "X", count: 32)])
    func symbols(text: String) throws {
        #expect(try symbol(text).text == text)
        #expect(Symbol(utf8: text.utf8Span.span)?.text == text)
    }

    @Test(
        "nothing else does",
        arguments: [
            "", "-A", ".A", "BTC/USD", "BTC:USD", "BTC*", "BTC USD", "BTC\n", "É", "₿", "A,B",
            String(repeating: "X", count: 33),
        ])
    func noSymbols(text: String) {
        #expect(Symbol(text) == nil)
    }

    @Test("a tick's price is above zero, its volume not below")
    func ticks() throws {
        let btc = try symbol("BTC-USD")
        #expect(Tick(btc, price: 1, volume: 0, source: "a", at: moment(0)) != nil)
        #expect(Tick(btc, price: 0, source: "a", at: moment(0)) == nil)
        #expect(Tick(btc, price: -1, source: "a", at: moment(0)) == nil)
        #expect(Tick(btc, price: 1, volume: -1, source: "a", at: moment(0)) == nil)
    }

    @Test("a producer's tick: decimals as strings or numbers, what may be missing, the moment of its coming")
    func producersTicks() throws {
        let full = try JSONValue(
            parsing: #"{"symbol":"A","price":"1.50","volume":2e1,"at":7,"sequence":9,"more":true}"#)
        let expected = Tick(
            try symbol("A"), price: try decimal("1.5"), volume: 20, source: "feed", at: moment(7), sequence: 9
        )
        #expect(try Tick(full, source: "feed", now: moment(5)) == expected)
        let least = try JSONValue(parsing: #"{"symbol":"A","price":1,"volume":null}"#)
        let now = Tick(try symbol("A"), price: 1, source: "feed", at: moment(5))
        #expect(try Tick(least, source: "feed", now: moment(5)) == now)
    }

    @Test(
        "the field that is wrong is named",
        arguments: [
            ("{}", TickFieldError.symbol), ("[]", .symbol), (#"{"symbol":"A:B","price":1}"#, .symbol),
            (#"{"symbol":"A"}"#, .price), (#"{"symbol":"A","price":0}"#, .price),
            (#"{"symbol":"A","price":"1e18"}"#, .price), (#"{"symbol":"A","price":1e-19}"#, .price),
            (#"{"symbol":"A","price":null}"#, .price), (#"{"symbol":"A","price":1,"volume":-1}"#, .volume),
            (#"{"symbol":"A","price":1,"volume":"x"}"#, .volume),
            (#"{"symbol":"A","price":1,"at":-1}"#, .at), (#"{"symbol":"A","price":1,"at":"7"}"#, .at),
            (#"{"symbol":"A","price":1,"sequence":1.5}"#, .sequence),
        ])
    func wrongFields(json: String, field: TickFieldError) throws {
        let value = try JSONValue(parsing: json)
        #expect(throws: field) { try Tick(value, source: "feed", now: moment(5)) }
    }
}
