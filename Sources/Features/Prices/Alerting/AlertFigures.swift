/// What this process evaluates of alerts, and has since the start.
public struct AlertFigures: Sendable {
    /// Active alerts; none at a process that does not evaluate.
    public internal(set) var alerts = 0
    /// Values looked at.
    public internal(set) var values = 0
    /// Alerts fired.
    public internal(set) var fired = 0
}
