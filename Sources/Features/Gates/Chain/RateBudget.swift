/// Who asks, and so which part of the budget is theirs.
public enum RequestPriority: Sendable {
    /// A person waits for the answer at the door.
    case join
    /// A look at those who are in, on which depends whether they stay.
    case sweep
    /// A gate is tried on people, or a new one on those who are in; it waits for its turn as a sweep does.
    case trial
    /// A mint or an issuer is looked up; that is worth no door and nobody's stay.
    case lookUp
}

/// How many questions a second may go out: half of them for joins alone, a quarter for sweeps alone, the rest for all.
///
/// Whatever somebody asks for, those at doors and those inside keep their parts. What of these parts is not used
/// goes to the rest. Each part holds one question at least, so that of fewer than four a second three may go out at
/// once.
struct RateBudget: Sendable {
    // In quarters of thousandths, so that the arithmetic stays in integers.
    private static let question: Int64 = 4000

    private struct Part {
        let shares: Int64
        let limit: Int64
        var level: Int64

        init(_ shares: Int64, of perSecond: Int64) {
            self.shares = shares
            limit = max(RateBudget.question, shares * perSecond * 1000)
            level = limit
        }

        /// - Returns: What has no room.
        mutating func fill(_ amount: Int64) -> Int64 {
            let sum = level + amount
            level = min(limit, sum)
            return sum - level
        }

        mutating func drain(_ amount: Int64) -> Int64 {
            let taken = min(level, amount)
            level -= taken
            return taken
        }
    }

    private let perSecond: Int64
    private var joins: Part
    private var sweeps: Part
    private var common: Part
    private var last: Int64

    /// A full budget.
    ///
    /// - Parameter perSecond: Also how many may go out at once; 0 turns the limit off.
    init(perSecond: Int, now: Int64) {
        self.perSecond = Int64(perSecond)
        joins = Part(2, of: self.perSecond)
        sweeps = Part(1, of: self.perSecond)
        common = Part(1, of: self.perSecond)
        last = now
    }

    /// Takes one where there is one for this priority.
    mutating func take(_ priority: RequestPriority, now: Int64) -> Bool {
        guard perSecond > 0 else { return true }
        refill(now)
        guard missing(priority) <= 0 else { return false }
        var cost = RateBudget.question
        switch priority {
        case .join: cost -= joins.drain(cost)
        case .sweep: cost -= sweeps.drain(cost)
        case .trial, .lookUp: break
        }
        _ = common.drain(cost)
        return true
    }

    /// Milliseconds until there is one for this priority, if nobody else takes it.
    mutating func wait(_ priority: RequestPriority, now: Int64) -> Int64 {
        guard perSecond > 0 else { return 0 }
        refill(now)
        let rate = (own(priority)?.shares ?? 0) + common.shares
        return (max(0, missing(priority)) + rate * perSecond - 1) / (rate * perSecond)
    }

    private func own(_ priority: RequestPriority) -> Part? {
        switch priority {
        case .join: joins
        case .sweep: sweeps
        case .trial, .lookUp: nil
        }
    }

    private func missing(_ priority: RequestPriority) -> Int64 {
        RateBudget.question - (own(priority)?.level ?? 0) - common.level
    }

    private mutating func refill(_ now: Int64) {
        // After a minute everything is full.
        let share = min(max(0, now - last), 60_000) * perSecond
        last = max(last, now)
        let spilt = joins.fill(joins.shares * share) + sweeps.fill(sweeps.shares * share)
        _ = common.fill(common.shares * share + spilt)
    }
}
