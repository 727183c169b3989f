import Foundation

/// One shape of load, as a file of `loadtest/scenarios` says it.
struct Scenario: Codable, Sendable {
    /// What is done with the connections.
    enum Kind: String, Codable, Sendable {
        /// Every connection sends, waits for its own message back, and sends again.
        case echo
        /// Publishers send, members of their room receive.
        case fanout
        /// Connections join and stay.
        case idle
        /// Connections drop all at once and come back.
        case storm
        /// One of several servers is killed, and its members come back to the others.
        case kill
        /// Members leave and come back while the others watch.
        case presence
        /// Feeds tell prices, dashboards have those of their symbols.
        case prices
        /// One tick fires an alert of each person, again and again.
        case alerts
    }

    /// What a room is on a server that has several kinds.
    enum Channel: String, Codable, Sendable {
        /// Ephemeral: published and forgotten but for a ring.
        case topic
        /// Durable: acknowledged when it is on the disk.
        case room
    }

    /// When publishers send.
    struct Arrival: Codable, Sendable {
        enum Pattern: String, Codable, Sendable { case even, poisson }
        /// Closed loop: bursts that are on their way at a time, in all.
        var inFlight: Int?
        /// Closed loop: publications of one burst.
        var burst: Int?
        /// Open loop: deliveries a second in all; latency counts from when a send was due.
        var deliveriesPerSecond: Double?
        var pattern: Pattern?

        private enum CodingKeys: String, CodingKey { case inFlight, burst, deliveriesPerSecond, pattern }

        init(inFlight: Int, burst: Int) {
            self.inFlight = inFlight
            self.burst = burst
        }

        init(from decoder: any Decoder) throws {
            try UnknownFields.refuse(decoder, known: CodingKeys.init(stringValue:), in: "an arrival")
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            inFlight = try fields.decodeIfPresent(Int.self, forKey: .inFlight)
            burst = try fields.decodeIfPresent(Int.self, forKey: .burst)
            deliveriesPerSecond = try fields.decodeIfPresent(Double.self, forKey: .deliveriesPerSecond)
            pattern = try fields.decodeIfPresent(Pattern.self, forKey: .pattern)
        }
    }

    /// A short name, as in tables: `fanout-1000-single`.
    var name: String
    /// One line for people.
    var about: String
    var kind: Kind
    var channel: Channel = .topic
    var rooms = 1
    var members = 1
    var publishers = 1
    var payloadBytes = 128
    var arrival = Arrival(inFlight: 1, burst: 1)
    /// Members, in all, that stop reading when the measuring begins.
    var stalled = 0
    /// How the connections of a storm go: in order or by a reset.
    var resets = false
    /// Publications to every room while its members are away.
    var missed = 10
    /// Rooms of two beside the load whose latency is told apart.
    var bystanderRooms = 0
    /// Presence: leavings and comings a second in all.
    var changesPerSecond = 0.0
    /// Connection attempts under way at a time.
    var connecting = 128
    var warmUpMilliseconds = 1000
    var measureMilliseconds = 5000
    /// How long what is on its way when the measuring ends may take.
    var settleMilliseconds = 10_000
    /// How long a server at rest is watched, and how long people may take to agree on who is there.
    var restMilliseconds = 5000
    /// How long a run may take beyond its own times, before it is given up.
    var patienceMilliseconds = 60_000
    /// Durable rooms: messages to a transaction of the bare loop that is measured beside them.
    var bareGroup: Int?
    /// What is told of prices, and what dashboards want; the members are the dashboards.
    var prices: PricePlan?
    /// Alerts: how many ticks fire one of each person's.
    var firings = 20
    /// Settings for our own server beside those that every run has.
    var settings: [String: String] = [:]

    private enum CodingKeys: String, CodingKey {
        case name, about, kind, channel, rooms, members, publishers
        case payloadBytes = "payload_bytes", arrival, stalled, resets, missed
        case bystanderRooms = "bystander_rooms"
        case changesPerSecond = "changes_per_second", connecting
        case warmUpMilliseconds = "warm_up_ms", measureMilliseconds = "measure_ms"
        case settleMilliseconds = "settle_ms", restMilliseconds = "rest_ms", patienceMilliseconds =
            "patience_ms"
        case bareGroup = "bare_group", prices, firings, settings
    }

    /// Connections beside those of bystanders.
    var connections: Int { rooms * members + (channel == .topic ? rooms * publishers : 0) }
}

extension Scenario {
    /// Reads a scenario; what is left out has its default, what is unknown is refused.
    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        try UnknownFields.refuse(decoder, known: CodingKeys.init(stringValue:), in: "a scenario")
        name = try fields.decode(String.self, forKey: .name)
        about = try fields.decode(String.self, forKey: .about)
        kind = try fields.decode(Kind.self, forKey: .kind)
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            value = try fields.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        try read(.channel, into: &channel)
        try read(.rooms, into: &rooms)
        try read(.members, into: &members)
        try read(.publishers, into: &publishers)
        try read(.payloadBytes, into: &payloadBytes)
        try read(.arrival, into: &arrival)
        try read(.stalled, into: &stalled)
        try read(.resets, into: &resets)
        try read(.missed, into: &missed)
        try read(.bystanderRooms, into: &bystanderRooms)
        try read(.changesPerSecond, into: &changesPerSecond)
        try read(.connecting, into: &connecting)
        try read(.warmUpMilliseconds, into: &warmUpMilliseconds)
        try read(.measureMilliseconds, into: &measureMilliseconds)
        try read(.settleMilliseconds, into: &settleMilliseconds)
        try read(.restMilliseconds, into: &restMilliseconds)
        try read(.patienceMilliseconds, into: &patienceMilliseconds)
        bareGroup = try fields.decodeIfPresent(Int.self, forKey: .bareGroup)
        prices = try fields.decodeIfPresent(PricePlan.self, forKey: .prices)
        try read(.firings, into: &firings)
        try read(.settings, into: &settings)
        try check()
    }

    private func check() throws {
        let people = max(0, min(rooms, 100_000)) * max(0, min(members, 100_000))
        let bounds: [(String, Int, ClosedRange<Int>)] = [
            ("rooms", rooms, 1...100_000), ("members", members, 1...100_000),
            ("publishers", publishers, 0...100), ("payload_bytes", payloadBytes, Payload.leastBytes...32_768),
            ("connecting", connecting, 1...10_000), ("measure_ms", measureMilliseconds, 100...600_000),
            ("warm_up_ms", warmUpMilliseconds, 0...600_000), ("missed", missed, 0...10_000),
            ("stalled", stalled, 0...people), ("bystander_rooms", bystanderRooms, 0...10_000),
            ("settle_ms", settleMilliseconds, 0...600_000), ("rest_ms", restMilliseconds, 0...600_000),
            ("patience_ms", patienceMilliseconds, 100...3_600_000),
            ("bare_group", bareGroup ?? 1, 1...10_000), ("firings", firings, 1...100),
            ("inFlight", arrival.inFlight ?? 1, 1...100_000), ("burst", arrival.burst ?? 1, 1...10_000),
        ]
        for (name, value, range) in bounds where !range.contains(value) {
            throw LoadError("\(self.name): \(name) is \(value), not in \(range)")
        }
        if let rate = arrival.deliveriesPerSecond, !(0.001...1e9).contains(rate) {
            throw LoadError("\(name): deliveriesPerSecond is \(rate), not in 0.001...1e9")
        }
        if arrival.inFlight == nil, arrival.deliveriesPerSecond == nil {
            throw LoadError("\(name): arrival has neither inFlight nor deliveriesPerSecond")
        }
        try checkPrices()
        if kind == .kill, arrival.deliveriesPerSecond == nil || channel != .room || publishers != 1 {
            throw LoadError("\(name): kill has rooms with one publisher each and deliveriesPerSecond")
        }
    }

    private func checkPrices() throws {
        guard (kind == .prices) == (prices != nil) else {
            throw LoadError("\(name): prices belong to the kind of that name, and it needs them")
        }
        if let problem = prices?.problem { throw LoadError("\(name): \(problem)") }
        guard kind == .prices || kind == .alerts else { return }
        guard rooms == 1, publishers == 0, bystanderRooms == 0, channel == .topic else {
            throw LoadError(
                "\(name): those who hear of prices are members of one room without publishers or bystanders")
        }
    }

    /// Reads a file.
    static func read(path: String) throws -> Scenario {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw LoadError("cannot read \(path)")
        }
        do {
            return try JSONDecoder().decode(Scenario.self, from: data)
        } catch let error as DecodingError {
            throw LoadError("\(path): \(error)")
        }
    }
}
