/// What became of a wallet that was to be linked.
public enum LinkOutcome: Hashable, Sendable {
    /// It is this person's, from now on or as before.
    case linked(WalletRecord, isNew: Bool)
    /// It is another person's.
    case taken
    /// This person has as many as they may have.
    case tooMany
}
