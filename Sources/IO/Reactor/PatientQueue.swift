/// What connections have to say that may wait: newcomers' input and everybody's end, in the order of arising.
///
/// A thousand clients that come or go at once are ready at once, and each costs far more than a message. Served a
/// little in each turn, they cost those who are in conversation a millisecond, not all of their time together.
struct PatientQueue {
    private var entries: [(connection: Connection, events: UInt32)] = []
    private var first = 0
    private var served = 0
    /// This turn's time for them, in nanoseconds.
    private var budget = LoopBudget.patientNanoseconds
    /// When this turn's time is over; set by the first who is served.
    private var deadline: Int64 = 0

    /// How many wait.
    var count: Int { entries.count - first }

    /// - Parameter lastTurn: How long the turn before took, in nanoseconds: on a loop that is busy with long turns
    ///   newcomers still get their part of it.
    mutating func beginTurn(after lastTurn: Int64) {
        served = 0
        budget = max(LoopBudget.patientNanoseconds, lastTurn / LoopBudget.patientShare)
    }

    /// Whether one more may be served at once; counts it.
    mutating func admits() -> Bool { count == 0 && takeTime() }

    mutating func append(_ connection: Connection, _ events: UInt32) { entries.append((connection, events)) }

    /// Takes the next one out, where there is time for it in this turn.
    mutating func next() -> (connection: Connection, events: UInt32)? {
        guard count > 0, takeTime() else { return nil }
        let entry = entries[first]
        first += 1
        if first == entries.count || first >= 1024 {
            entries.removeFirst(first)
            first = 0
        }
        return entry
    }

    private mutating func takeTime() -> Bool {
        if served == 0 {
            deadline = MonotonicClock.nanoseconds() + budget
        } else if served >= LoopBudget.patientMinimum, MonotonicClock.nanoseconds() >= deadline {
            return false
        }
        served += 1
        return true
    }
}
