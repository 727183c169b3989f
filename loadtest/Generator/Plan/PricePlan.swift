/// What is told of prices in a run, and what dashboards want of it.
struct PricePlan: Codable, Sendable {
    /// Symbols that have a price.
    var symbols = 1000
    /// Connections over which ticks are told; each has symbols of its own.
    var feeds = 10
    /// Ticks to a request.
    var batch = 100
    /// Ticks a second in all; nil: each feed sends its next request when the last one is answered.
    var ticksPerSecond: Double?
    /// Symbols that each dashboard subscribes to.
    var watched = 50
    /// The least time between two messages to a dashboard.
    var minIntervalMilliseconds = 0
    /// Whether values of several symbols come in one message.
    var isBatched = false
    /// The members that dashboards want of a value; nil for all. The price has to be among them.
    var fields: [String]?

    private enum CodingKeys: String, CodingKey {
        case symbols, feeds, batch, watched, fields
        case ticksPerSecond = "ticks_per_second"
        case minIntervalMilliseconds = "min_interval_ms"
        case isBatched = "batched"
    }

    init() {}

    init(from decoder: any Decoder) throws {
        try UnknownFields.refuse(decoder, known: CodingKeys.init(stringValue:), in: "prices")
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        symbols = try fields.decodeIfPresent(Int.self, forKey: .symbols) ?? symbols
        feeds = try fields.decodeIfPresent(Int.self, forKey: .feeds) ?? feeds
        batch = try fields.decodeIfPresent(Int.self, forKey: .batch) ?? batch
        ticksPerSecond = try fields.decodeIfPresent(Double.self, forKey: .ticksPerSecond)
        watched = try fields.decodeIfPresent(Int.self, forKey: .watched) ?? watched
        minIntervalMilliseconds =
            try fields.decodeIfPresent(Int.self, forKey: .minIntervalMilliseconds) ?? minIntervalMilliseconds
        isBatched = try fields.decodeIfPresent(Bool.self, forKey: .isBatched) ?? isBatched
        self.fields = try fields.decodeIfPresent([String].self, forKey: .fields)
    }

    /// What is out of its bounds, in words, or nil.
    var problem: String? {
        let bounds: [(String, Int, ClosedRange<Int>)] = [
            ("symbols", symbols, 1...100_000), ("feeds", feeds, 1...min(1000, max(1, symbols))),
            ("batch", batch, 1...1000), ("watched", watched, 1...min(128, max(1, symbols))),
            ("min_interval_ms", minIntervalMilliseconds, 0...60_000),
        ]
        if let (name, value, range) = bounds.first(where: { !$0.2.contains($0.1) }) {
            return "prices.\(name) is \(value), not in \(range)"
        }
        if let rate = ticksPerSecond, !(0.001...1e7).contains(rate) {
            return "prices.ticks_per_second is \(rate), not in 0.001...1e7"
        }
        if let fields, !fields.contains("price") { return "prices.fields has no price" }
        return nil
    }

    /// The symbols that a dashboard watches: others' lists are like it in size, and no two neighbours' are the same.
    func symbols(of dashboard: Int) -> [Int] {
        var chosen: [Int] = []
        var taken: Set<Int> = []
        for step in 0..<watched {
            var symbol = (dashboard * 17 + step * (step + 1) / 2) % symbols
            while !taken.insert(symbol).inserted { symbol = (symbol + 1) % symbols }
            chosen.append(symbol)
        }
        return chosen
    }
}
