/// What became of a removal.
public enum RemovalOutcome: Sendable, Hashable {
    /// They are no longer a member; this is what they were.
    case removed(MemberRecord)
    /// They were not a member.
    case notMember
    /// The owner cannot go: somebody else must become the owner first.
    case isOwner
}
