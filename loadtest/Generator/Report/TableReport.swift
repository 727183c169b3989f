import Foundation

/// A report as Markdown tables: medians over the rounds.
enum TableReport {
    static func make(_ report: Report) -> String {
        let machine = report.machine
        var text = """
            \(machine.processor), \(machine.processors) processors, Linux \(machine.kernel), commit \(machine.commit), \(machine.date)
            `stoa-load \(report.arguments.joined(separator: " "))`

            """
        let delivering = report.scenarios.filter { name in
            report.outcomes.contains { $0.scenario == name && $0.measured.deliveries > 0 }
        }
        if !delivering.isEmpty { text += deliveries(report, delivering) }
        text += figures(report)
        text += voids(report)
        return text
    }

    private static func deliveries(_ report: Report, _ scenarios: [String]) -> String {
        var rows = [
            "\n| scenario | server | deliveries/s | per server CPU s | CPU ns each | ratio | p50 ms | p95 | p99 | p99.9 | max | ack p99 | memory MB | load |",
            "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
        ]
        for scenario in scenarios {
            for server in report.servers where !report.outcomes(scenario, server).isEmpty {
                let median = { report.median(scenario, server, $0) }
                let cells = [
                    scenario, server, count(median(\.deliveriesPerSecond)),
                    count(median(\.deliveriesPerServerSecond)), count(median(\.nanosecondsPerDelivery)),
                    number(report.ratio(scenario, server, \.nanosecondsPerDelivery), 2),
                    number(median { $0.latency?.p50 }, 3), number(median { $0.latency?.p95 }, 3),
                    number(median { $0.latency?.p99 }, 3), number(median { $0.latency?.p999 }, 3),
                    number(median { $0.latency?.max }, 2), number(median { $0.acknowledgements?.p99 }, 2),
                    number(median { Double($0.measured.memoryBytes) / 1e6 }, 1),
                    number(median { $0.utilisation * 100 }, 0) + " %",
                ]
                rows.append("| " + cells.joined(separator: " | ") + " |")
            }
        }
        return rows.joined(separator: "\n") + "\n"
    }

    /// Figures that only some scenarios have, a row each.
    private static func figures(_ report: Report) -> String {
        var rows: [String] = []
        for scenario in report.scenarios {
            for server in report.servers {
                let outcomes = report.outcomes(scenario, server)
                for name in Set(outcomes.flatMap(\.figures.keys)).sorted() {
                    let value = report.median(scenario, server) { $0.figures[name] }
                    rows.append("| \(scenario) | \(server) | \(name) | \(number(value, 2)) |")
                }
                if let p99 = report.median(scenario, server, { $0.bystanders?.p99 }) {
                    rows.append("| \(scenario) | \(server) | bystanders' p99, ms | \(number(p99, 2)) |")
                }
            }
        }
        guard !rows.isEmpty else { return "" }
        return "\n| scenario | server | figure | value |\n|---|---|---|--:|\n" + rows.joined(separator: "\n")
            + "\n"
    }

    private static func voids(_ report: Report) -> String {
        report.outcomes.filter { $0.voidReason != nil }.map { outcome in
            "\nVOID: \(outcome.scenario) on \(outcome.server), round \(outcome.round + 1): \(outcome.voidReason ?? "") — \(outcome.faults)\n"
        }.joined()
    }

    private static func number(_ value: Double?, _ places: Int) -> String {
        value.map { String(format: "%.\(places)f", $0) } ?? ""
    }

    private static func count(_ value: Double?) -> String {
        guard let value else { return "" }
        let digits = String(format: "%.0f", value)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }
}
