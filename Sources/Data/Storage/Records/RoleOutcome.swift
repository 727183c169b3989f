/// What became of a change of role.
public enum RoleOutcome: Sendable, Hashable {
    /// They have the role now. A new owner's predecessor is a moderator.
    case changed(MemberRecord, formerOwner: String?)
    /// They had it already.
    case unchanged(MemberRecord)
    /// They are not a member.
    case notMember
    /// The owner cannot be made less: make somebody else the owner.
    case isOwner
    /// Who gave the role is the owner no more.
    case notByOwner
}
