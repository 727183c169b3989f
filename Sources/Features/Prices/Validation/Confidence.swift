/// How far a price can be trusted.
public enum Confidence: String, Sendable, CaseIterable {
    /// Two sources agree.
    case high
    /// One source says so.
    case medium
    /// Two sources disagree.
    case low
    /// No source says anything now; it is the last price there was.
    case stale
}
