/// Who asks: somebody at the door goes before those who are inside already.
public enum RequestPriority: Sendable {
    /// A person waits for the answer.
    case join
    /// A regular look at those who are in.
    case sweep
}

/// How many questions a second may go out, with a part that sweeps leave to joins.
struct RateBudget: Sendable {
    private let perSecond: Int64
    // In thousandths, so that the arithmetic stays in integers.
    private var level: Int64
    private var last: Int64

    /// A full budget.
    ///
    /// - Parameter perSecond: Also how many may go out at once; 0 turns the limit off.
    init(perSecond: Int, now: Int64) {
        self.perSecond = Int64(perSecond)
        level = self.perSecond * 1000
        last = now
    }

    /// Takes one where there is one for this priority.
    mutating func take(_ priority: RequestPriority, now: Int64) -> Bool {
        guard perSecond > 0 else { return true }
        level = min(perSecond * 1000, level + max(0, now - last) * perSecond)
        last = now
        // Half the budget is kept for joins: a sweep of a large room may take its time.
        let reserve = priority == .join ? 0 : perSecond * 500
        guard level - reserve >= 1000 else { return false }
        level -= 1000
        return true
    }
}
