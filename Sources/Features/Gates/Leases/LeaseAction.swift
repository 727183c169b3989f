/// What is to be done about a person behind a gate.
public enum LeaseAction: Equatable, Sendable {
    /// Nothing.
    case none
    /// The full question is to be asked after so many milliseconds: a *no* is believed when it comes twice.
    case confirm(after: Int64)
    /// The person is to be told that nobody can say whether they may stay longer than so many milliseconds.
    case warn(remaining: Int64)
    /// They no longer hold what the gate asks for.
    case lost
    /// Nobody could say for longer than the grace.
    case unverified
}
