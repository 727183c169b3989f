/// Figures that only some scenarios have.
extension Report {
    /// One of them on the servers that have it.
    struct FigureRow: Sendable {
        var name: String
        /// Medians over the rounds, in the servers' order.
        var values: [(server: String, value: Double)]
    }

    /// Scenarios in which anything was delivered while it was measured.
    var delivering: [String] {
        scenarios.filter { name in outcomes.contains { $0.label == name && $0.measured.deliveries > 0 } }
    }

    func figureRows(_ scenario: String) -> [FigureRow] {
        let own = outcomes.filter { $0.label == scenario }
        var names = Set(own.flatMap(\.figures.keys)).sorted()
        if own.contains(where: { $0.bystanders != nil }) { names.append(Report.bystanders) }
        return names.map { name in
            let values = servers.compactMap { server in
                median(scenario, server) { $0.value(of: name) }.map { (server: server, value: $0) }
            }
            return FigureRow(name: name, values: values)
        }
    }

    private static let bystanders = "bystanders' p99, ms"

    /// Runs whose figures do not count.
    var voids: [Outcome] { outcomes.filter { $0.voidReason != nil } }

    /// The median over rounds of every point of a latency curve; empty where nothing was measured.
    func curve(_ scenario: String, _ server: String) -> [Double] {
        let curves = outcomes(scenario, server).compactMap { $0.latency?.curve }
        guard let first = curves.first else { return [] }
        return first.indices.compactMap { index in Report.median(curves.map { $0[index] }) }
    }
}
