import Bytes

/// Dashboards of our own server: each subscribes to the prices of its symbols.
struct PriceDriver: Driver {
    let tokens: Tokens
    let plan: PricePlan

    func target(_ seat: Seat, since: ResumePosition?) -> String { "/ws" }

    func headers(_ seat: Seat) -> [(name: StaticString, value: String)] {
        [("authorization", "Bearer " + tokens.make(seat, topics: false))]
    }

    func greeting(_ seat: Seat, since: ResumePosition?) -> String {
        let channels = plan.symbols(of: seat.person).map { "\"price:S\($0)\"" }.joined(separator: ",")
        var text = #"{"type":"subscribe","id":"1","channels":[\#(channels)]"#
        let interval = plan.minIntervalMilliseconds
        if interval > 0 { text += #","min_interval_ms":\#(interval)"# }
        if plan.isBatched { text += #","batch":true"# }
        if let fields = plan.fields {
            text += ",\"fields\":[" + fields.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        }
        return text + "}"
    }

    func read(_ text: Span<UInt8>, at position: inout Int) -> Incoming {
        position = text.count
        if text.holds(#""price_update","#, at: 8) { return .values }
        if text.holds(#""snapshot","#, at: 8) { return .ready }
        // A gap says that something was lost.
        if text.holds(#""error","#, at: 8) || text.holds(#""gap","#, at: 8) { return .refused }
        return .aside
    }

    // Ticks are told over HTTP.
    func publish(_ payload: [UInt8], _ seat: Seat, number: UInt32, into text: inout ByteBuffer) {}
}

/// Where a reader of a `price_update` is: of one symbol's, or of one with all that are due.
struct PriceText {
    private var position: Int
    private let isBatch: Bool
    private var isDone = false
    /// Whether anything in it is not as we know it.
    private(set) var isDamaged = false

    /// Behind `{"type":"price_update",`.
    private static let start = 23

    init(_ text: Span<UInt8>) {
        isBatch = text.holds(#""values":{"#, at: PriceText.start)
        position = PriceText.start + (isBatch ? 10 : 0)
    }

    /// The next value of the same text: the symbol's number, and its price.
    mutating func next(_ text: Span<UInt8>) -> (symbol: Int, price: UInt32)? {
        guard !isDone else { return nil }
        guard let value = isBatch ? nextOfBatch(text) : single(text) else {
            isDamaged = true
            isDone = true
            return nil
        }
        return value
    }

    private mutating func single(_ text: Span<UInt8>) -> (symbol: Int, price: UInt32)? {
        isDone = true
        guard take(#""channel":"price:S"#, text), let symbol = digits(text),
            let start = text.end(of: #""price":""#, from: position)
        else { return nil }
        position = start
        guard let price = digits(text) else { return nil }
        return (symbol, UInt32(truncatingIfNeeded: price))
    }

    private mutating func nextOfBatch(_ text: Span<UInt8>) -> (symbol: Int, price: UInt32)? {
        guard take("\"S", text), let symbol = digits(text), take(#"":{"offset":"#, text),
            digits(text) != nil, take(#","price":""#, text), let price = digits(text)
        else { return nil }
        while position < text.count, text[position] != UInt8(ascii: "}") { position += 1 }
        position += 1
        guard position < text.count else { return nil }
        // Either another one follows, or the end of all.
        isDone = text[position] == UInt8(ascii: "}")
        position += 1
        return (symbol, UInt32(truncatingIfNeeded: price))
    }

    private mutating func take(_ literal: StaticString, _ text: Span<UInt8>) -> Bool {
        guard text.holds(literal, at: position) else { return false }
        position += literal.utf8CodeUnitCount
        return true
    }

    private mutating func digits(_ text: Span<UInt8>) -> Int? {
        let start = position
        var value = 0
        while position < text.count, position - start < 18, ASCII.isDigit(text[position]) {
            value = value * 10 + Int(text[position] - 0x30)
            position += 1
        }
        return position > start ? value : nil
    }
}
