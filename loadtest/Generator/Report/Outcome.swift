/// What one scenario on one server came to.
struct Outcome: Codable, Sendable {
    var scenario: String
    /// What the scenario is, in a line.
    var about = ""
    var server: String
    var version = ""
    var transport = Transport.plain
    /// From 0.
    var round = 0
    var measured: Measured
    var latency: LatencySummary?
    /// From when a send was due to its acknowledgement.
    var acknowledgements: LatencySummary?
    /// Latency to members at another server than the publisher's; with one server, to all.
    var across: LatencySummary?
    /// Latency in the rooms beside the load.
    var bystanders: LatencySummary?
    var faults: Faults
    /// Whether sends came at a rate of their own.
    var isOpenLoop: Bool
    /// Further figures by name, with their unit in it.
    var figures: [String: Double] = [:]
    /// What went wrong, in words.
    var problems: [String]

    /// The scenario, and over what where that is not plain.
    var label: String { transport == .plain ? scenario : "\(scenario), \(transport.rawValue)" }

    /// The share of its core that the load used.
    var utilisation: Double { measured.seconds > 0 ? measured.ownSeconds / measured.seconds : 0 }

    /// Why the figures do not count, or nil.
    var voidReason: String? {
        if faults.total > 0 { return "\(faults.total) deliveries or connections went wrong" }
        if isOpenLoop, utilisation > Outcome.highestUtilisation {
            return "the load used \(Int(utilisation * 100)) % of its core"
        }
        return nil
    }

    static let highestUtilisation = 0.7

    var deliveriesPerSecond: Double {
        measured.seconds > 0 ? Double(measured.deliveries) / measured.seconds : 0
    }

    /// The server's CPU time for each delivery, in nanoseconds; nil where nothing was delivered.
    var nanosecondsPerDelivery: Double? {
        measured.deliveries > 0 ? measured.serverSeconds * 1e9 / Double(measured.deliveries) : nil
    }

    /// Deliveries for each second of the server's CPU time.
    var deliveriesPerServerSecond: Double? {
        measured.serverSeconds > 0 ? Double(measured.deliveries) / measured.serverSeconds : nil
    }
}

extension Outcome {
    init(_ measured: Measured, _ fleet: Fleet) {
        self.init(
            scenario: fleet.scenario.name, about: fleet.scenario.about, server: "", measured: measured,
            faults: fleet.faults,
            isOpenLoop: fleet.scenario.arrival.deliveriesPerSecond != nil, problems: fleet.problems)
    }
}
