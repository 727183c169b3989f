import Foundation

/// `stoa-microbench [BUDGET.json]`: nanoseconds and allocations of the operations on a message's path.
///
/// With a budget, the exit status is 1 where an operation allocates more than it may. Times are told and never judged:
/// they are the machine's and its neighbours' as much as ours.
@main
enum Microbench {
    private struct Budget: Decodable {
        let operation: String
        let allocations: Double
    }

    static func main() async throws {
        var budgets: [String: Double] = [:]
        if let path = CommandLine.arguments.dropFirst().first {
            let data = try Data(contentsOf: URL(fileURLWithPath: path))
            for budget in try JSONDecoder().decode([Budget].self, from: data) {
                budgets[budget.operation] = budget.allocations
            }
        }
        // First of all: memory that others gave back would hide what is taken.
        let alerts = PriceBench.standing()
        print("| operation | ns | allocations | at most |")
        print("| --- | --: | --: | --: |")
        var isOver = false
        for (name, cost) in try await Operations.all() {
            let budget = budgets.removeValue(forKey: name)
            let mark = budget.map { cost.allocations > $0 ? "**\($0)**" : "\($0)" } ?? ""
            isOver = isOver || cost.allocations > budget ?? .infinity
            let allocations = String(format: "%.2f", cost.allocations)
            print("| \(name) | \(Int(cost.nanoseconds)) | \(allocations) | \(mark) |")
        }
        if let alerts {
            let seconds = String(format: "%.2f", alerts.seconds)
            print("1,000,000 alerts: loaded in \(seconds) s, \(Int(alerts.bytesEach)) bytes each")
        }
        for name in budgets.keys.sorted() { print("no operation is called \"\(name)\"") }
        if isOver || !budgets.isEmpty { exit(1) }
    }
}
