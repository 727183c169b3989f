import CAllocations
import Reactor

/// What one operation costs.
struct Cost {
    let nanoseconds: Double
    let allocations: Double
}

/// Measures operations: the time by the best of several rounds, allocations by the least of them.
enum Meter {
    private static let rounds = 5

    /// - Parameters:
    ///   - operations: How many `body` does in one call.
    ///   - body: Is called a few times before it counts.
    static func measure(operations: Int, _ body: () throws -> Void) rethrows -> Cost {
        try body()
        var best = Cost(nanoseconds: .infinity, allocations: .infinity)
        for _ in 0..<rounds {
            let allocations = stoa_allocations()
            let start = MonotonicClock.nanoseconds()
            try body()
            let time = Double(MonotonicClock.nanoseconds() - start)
            let made = Double(stoa_allocations() - allocations)
            best = Cost(
                nanoseconds: min(best.nanoseconds, time / Double(operations)),
                allocations: min(best.allocations, made / Double(operations)))
        }
        return best
    }
}
