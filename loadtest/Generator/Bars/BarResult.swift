/// What came of a bar.
struct BarResult: Codable, Sendable {
    enum Verdict: String, Codable, Sendable {
        case green, red
        /// What it needs did not run, or its runs were void: it says nothing.
        case unknown
    }

    var about: String
    var scenario: String
    var requirement: String
    var measured: Double?
    var verdict: Verdict
    /// Why nothing can be said, or nil.
    var reason: String?

    /// Looks at the medians over rounds; ratios are made within a round.
    init(_ bar: Bar, _ report: Report) {
        about = bar.about
        scenario = bar.scenario + (bar.transport == .plain ? "" : ", \(bar.transport.rawValue)")
        requirement = bar.requirement
        let runs = report.outcomes.filter { bar.places.contains($0.place) }
        if let void = runs.first(where: { $0.voidReason != nil }) {
            reason = "a run of \(void.server) was void: \(void.voidReason ?? "")"
        } else if let missing = bar.places.first(where: { place in !runs.contains { $0.place == place } }) {
            reason = report.leftOut[missing.server] ?? "\(missing.server) did not run \(missing.scenario)"
        }
        measured = reason == nil ? BarResult.measure(bar, report) : nil
        if measured == nil, reason == nil { reason = "no run has the figure \(bar.figure)" }
        verdict = measured.map { bar.isMet(by: $0) ? .green : .red } ?? .unknown
    }

    private static func measure(_ bar: Bar, _ report: Report) -> Double? {
        func value(_ place: Bar.Place, _ round: Int) -> Double? {
            report.outcomes.first { $0.place == place && $0.round == round }?.value(of: bar.figure)
        }
        let rounds = Set(report.outcomes.map(\.round)).sorted()
        return Report.median(
            rounds.compactMap { round in
                let values = bar.places.map { value($0, round) }
                guard let own = values[0] else { return nil }
                guard values.count > 1 else { return own }
                if bar.isDifference { return values[1].map { own - $0 } }
                guard let other = values[1], other != 0 else { return nil }
                guard values.count > 2 else { return own / other }
                guard let third = values[2], let fourth = values[3], third != 0, fourth != 0 else {
                    return nil
                }
                return own / other / (third / fourth)
            })
    }
}

extension Outcome {
    /// Which run it was.
    var place: Bar.Place { Bar.Place(scenario: scenario, server: server, transport: transport) }

    /// A figure by its name: one that every run has, or one of ``figures``.
    func value(of name: String) -> Double? {
        switch name {
        case "CPU ns per delivery": nanosecondsPerDelivery
        case "deliveries per CPU s": deliveriesPerServerSecond
        case "deliveries/s": deliveriesPerSecond
        case "publications/s": measured.seconds > 0 ? Double(measured.publications) / measured.seconds : nil
        case "server cores": measured.seconds > 0 ? measured.serverSeconds / measured.seconds : nil
        case "p99, ms": latency?.p99
        case "across p50, ms": across?.p50
        case "across p99, ms": across?.p99
        case "ack p99, ms": acknowledgements?.p99
        case "bystanders' p99, ms": bystanders?.p99
        default: figures[name]
        }
    }
}
