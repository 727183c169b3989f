import Foundation

/// All bars, and the runs that they need.
struct Budgets: Codable, Sendable {
    var bars: [Bar]

    static func read(path: String) throws -> Budgets {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw LoadError("cannot read \(path)")
        }
        do {
            return try JSONDecoder().decode(Budgets.self, from: data)
        } catch let error as DecodingError {
            throw LoadError("\(path): \(error)")
        }
    }

    /// The bars of some scenarios; of all where none is named.
    func limited(to scenarios: Set<String>) -> Budgets {
        Budgets(bars: scenarios.isEmpty ? bars : bars.filter { scenarios.contains($0.scenario) })
    }

    /// The runs that decide the bars: per scenario, in the order in which they are first named.
    ///
    /// - Parameters:
    ///   - scenario: Reads the scenario of a name.
    ///   - kind: Finds the server of a name.
    func entries(
        scenario: (String) throws -> Scenario, kind: (String) throws -> ServerKind
    ) throws -> [Series.Entry] {
        var entries: [Series.Entry] = []
        for place in bars.flatMap(\.places) {
            let contender = Series.Contender(kind: try kind(place.server), transport: place.transport)
            if let index = entries.firstIndex(where: { $0.scenario.name == place.scenario }) {
                if !entries[index].contenders.contains(contender) {
                    entries[index].contenders.append(contender)
                }
            } else {
                let entry = Series.Entry(scenario: try scenario(place.scenario), contenders: [contender])
                entries.append(entry)
            }
        }
        return entries
    }
}
