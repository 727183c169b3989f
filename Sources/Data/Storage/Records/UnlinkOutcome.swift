/// What became of a wallet that was to be unlinked.
public enum UnlinkOutcome: Hashable, Sendable {
    /// It is nobody's now.
    case unlinked
    /// It was not this person's.
    case unknown
    /// It is their last one, and was to be kept.
    case last
}
