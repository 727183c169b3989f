/// One thing that is required of a server, as `loadtest/budgets.json` states it.
struct Bar: Codable, Sendable {
    /// Another run, in what it differs.
    struct Other: Codable, Sendable {
        var scenario: String?
        var server: String?
        var transport: Transport?
    }

    /// One line for people.
    var about: String
    var scenario: String
    var server = "stoa"
    var transport = Transport.plain
    /// A name of ``Outcome/value(of:)``.
    var figure: String
    /// The bar is about the figure's ratio to another run's of the same round.
    var against: Other?
    /// How much more it is than the other run's, instead of how many times.
    var isDifference = false
    /// And that ratio divided by this server's own: what grows where it grows for everybody is no fault.
    var beside: String?
    var atMost: Double?
    var atLeast: Double?

    private enum CodingKeys: String, CodingKey {
        case about, scenario, server, transport, figure, against, beside
        case isDifference = "difference"
        case atMost = "at_most"
        case atLeast = "at_least"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        try UnknownFields.refuse(decoder, known: CodingKeys.init(stringValue:), in: "a bar")
        about = try fields.decode(String.self, forKey: .about)
        scenario = try fields.decode(String.self, forKey: .scenario)
        server = try fields.decodeIfPresent(String.self, forKey: .server) ?? server
        transport = try fields.decodeIfPresent(Transport.self, forKey: .transport) ?? transport
        figure = try fields.decode(String.self, forKey: .figure)
        against = try fields.decodeIfPresent(Other.self, forKey: .against)
        isDifference = try fields.decodeIfPresent(Bool.self, forKey: .isDifference) ?? false
        beside = try fields.decodeIfPresent(String.self, forKey: .beside)
        atMost = try fields.decodeIfPresent(Double.self, forKey: .atMost)
        atLeast = try fields.decodeIfPresent(Double.self, forKey: .atLeast)
        guard (atMost == nil) != (atLeast == nil) else {
            throw LoadError("\"\(about)\" needs either at_most or at_least")
        }
        guard beside == nil || against != nil else { throw LoadError("\"\(about)\": beside needs against") }
        guard !isDifference || against != nil && beside == nil else {
            throw LoadError("\"\(about)\": difference needs against, and no beside")
        }
    }
}

extension Bar {
    /// A run that a bar looks at.
    struct Place: Hashable, Sendable {
        var scenario: String
        var server: String
        var transport: Transport
    }

    var place: Place { Place(scenario: scenario, server: server, transport: transport) }

    /// What the ratio's lower half is.
    var otherPlace: Place? {
        against.map {
            Place(
                scenario: $0.scenario ?? scenario, server: $0.server ?? server,
                transport: $0.transport ?? transport)
        }
    }

    /// All runs that have to be made for it, its own first.
    var places: [Place] {
        let own = [place] + (otherPlace.map { [$0] } ?? [])
        guard let beside else { return own }
        return own + own.map { Place(scenario: $0.scenario, server: beside, transport: $0.transport) }
    }

    /// As in tables.
    var requirement: String {
        if let atMost { return "≤ \(Figure.short(atMost))" }
        return "≥ \(Figure.short(atLeast ?? 0))"
    }

    func isMet(by value: Double) -> Bool {
        if let atMost { return value <= atMost }
        return value >= atLeast ?? 0
    }
}
