import Foundation

/// All that a series came to.
struct Report: Codable, Sendable {
    var machine: Machine
    /// The command's words.
    var arguments: [String]
    /// The server whose figures are 1 in the ratios.
    var reference: String
    var outcomes: [Outcome]
    /// Servers that could not take part, and why.
    var leftOut: [String: String] = [:]
    /// What was required, where that was asked for.
    var bars: [BarResult] = []

    /// Scenarios in their order, each transport for itself.
    var scenarios: [String] { unique(outcomes.map(\.label)) }
    /// Servers in their order.
    var servers: [String] { unique(outcomes.map(\.server)) }

    /// What each server says of itself.
    var versions: [(server: String, version: String)] {
        servers.compactMap { server in
            outcomes.first { $0.server == server && !$0.version.isEmpty }.map { (server, $0.version) }
        }
    }

    func outcomes(_ scenario: String, _ server: String) -> [Outcome] {
        outcomes.filter { $0.label == scenario && $0.server == server }
    }

    /// The median over rounds of a figure.
    func median(_ scenario: String, _ server: String, _ figure: (Outcome) -> Double?) -> Double? {
        Report.median(outcomes(scenario, server).compactMap(figure))
    }

    /// The median over rounds of a figure's ratio to the reference's in the same round.
    func ratio(_ scenario: String, _ server: String, _ figure: (Outcome) -> Double?) -> Double? {
        let references = outcomes(scenario, reference)
        return Report.median(
            outcomes(scenario, server).compactMap { outcome in
                guard let base = references.first(where: { $0.round == outcome.round }).flatMap(figure),
                    base > 0, let value = figure(outcome)
                else { return nil }
                return value / base
            })
    }

    static func median(_ values: [Double]) -> Double? {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return nil }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    private func unique(_ names: [String]) -> [String] {
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}

/// Where a series was run.
struct Machine: Codable, Sendable {
    var processor: String
    var processors: Int
    var kernel: String
    var commit: String
    var date: String

    static func describe() -> Machine {
        let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = information.split(separator: "\n").first { $0.hasPrefix("model name") }
        let name = line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
        let kernel = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? ""
        return Machine(
            processor: name ?? "unknown", processors: ProcessInfo.processInfo.processorCount,
            kernel: kernel.trimmingCharacters(in: .whitespacesAndNewlines),
            commit: Spawn.firstLine(of: ["git", "describe", "--always", "--dirty"]),
            date: ISO8601DateFormatter().string(from: Date()))
    }
}
