/// A report as Markdown tables: medians over the rounds.
enum TableReport {
    static func make(_ report: Report) -> String {
        let machine = report.machine
        return """
            \(machine.processor), \(machine.processors) processors, Linux \(machine.kernel), commit \(machine.commit), \(machine.date)
            `stoa-load \(report.arguments.joined(separator: " "))`

            """ + versions(report) + deliveries(report) + figures(report) + voids(report) + bars(report)
    }

    private static func versions(_ report: Report) -> String {
        var lines = report.versions.map { "\n- \($0.server): \($0.version)" }
        lines += report.leftOut.sorted { $0.key < $1.key }.map { "\n- \($0.key): left out, \($0.value)" }
        return lines.isEmpty ? "" : lines.joined() + "\n"
    }

    private static func deliveries(_ report: Report) -> String {
        var rows: [[String]] = []
        for scenario in report.delivering {
            for server in report.servers where !report.outcomes(scenario, server).isEmpty {
                rows.append(
                    [scenario, server] + DeliveryColumn.all.map { $0.cell(report, scenario, server) })
            }
        }
        return table(["scenario", "server"], DeliveryColumn.all.map(\.title), rows)
    }

    private static func figures(_ report: Report) -> String {
        let rows = report.scenarios.flatMap { scenario in
            report.figureRows(scenario).flatMap { row in
                row.values.map { [scenario, $0.server, row.name, Figure.number($0.value, 2)] }
            }
        }
        return table(["scenario", "server", "figure"], ["value"], rows)
    }

    private static func voids(_ report: Report) -> String {
        report.voids.map { outcome in
            let faults = outcome.faults.words.isEmpty ? "" : " — \(outcome.faults.words)"
            return "\nVOID: \(outcome.label) on \(outcome.server), round \(outcome.round + 1): "
                + "\(outcome.voidReason ?? "")\(faults)\n"
        }.joined()
    }

    private static func bars(_ report: Report) -> String {
        table(
            ["bar", "scenario"], ["required", "measured", ""],
            report.bars.map { bar in
                let measured = bar.measured.map(Figure.short) ?? bar.reason ?? ""
                return [bar.about, bar.scenario, bar.requirement, measured, bar.verdict.rawValue]
            })
    }

    /// - Parameters:
    ///   - words: The heads of columns that are read.
    ///   - numbers: The heads of columns that are compared, right-aligned.
    private static func table(_ words: [String], _ numbers: [String], _ rows: [[String]]) -> String {
        guard !rows.isEmpty else { return "" }
        let rule = words.map { _ in "---" } + numbers.map { _ in "--:" }
        return "\n"
            + ([words + numbers, rule] + rows).map { cells in
                "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n"
            }.joined()
    }
}
