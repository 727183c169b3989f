public import Bytes

/// A person's membership of a room.
public struct MemberRecord: Sendable, Hashable {
    /// The room's id.
    public var room: String
    /// The person's id.
    public var user: String
    /// Their name when they last joined.
    public var name: String
    /// What they may do.
    public var role: Role
    /// When they became a member.
    public var joinedAt: Timestamp
    /// When they were last present.
    public var lastSeenAt: Timestamp

    /// A membership.
    public init(
        room: String, user: String, name: String, role: Role, joinedAt: Timestamp, lastSeenAt: Timestamp
    ) {
        self.room = room
        self.user = user
        self.name = name
        self.role = role
        self.joinedAt = joinedAt
        self.lastSeenAt = lastSeenAt
    }
}
