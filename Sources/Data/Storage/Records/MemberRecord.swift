public import Bytes

/// What a person may do in a room; the raw values are the wire's.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Everything; one per room.
    case owner
    /// Keeps order.
    case moderator
    /// Takes part.
    case member
}

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
}

/// What became of a removal.
public enum RemovalOutcome: Sendable, Hashable {
    /// They are no longer a member; this is what they were.
    case removed(MemberRecord)
    /// They were not a member.
    case notMember
    /// The owner cannot go: somebody else must become the owner first.
    case isOwner
}

/// When a person was last present in a room.
public struct LastSeen: Sendable, Hashable {
    /// The room's id.
    public var room: String
    /// The person's id.
    public var user: String
    /// The moment.
    public var at: Timestamp

    /// A person in a room at a moment.
    public init(room: String, user: String, at: Timestamp) {
        self.room = room
        self.user = user
        self.at = at
    }
}

/// A room as one of its members sees it in a list.
public struct MyRoom: Sendable, Hashable {
    /// The room.
    public var room: RoomRecord
    /// What the person may do there.
    public var role: Role
    /// What they have not read.
    public var unread: Unread
    /// The newest undeleted message.
    public var lastMessage: MessageRecord?

    /// A room of a person.
    public init(room: RoomRecord, role: Role, unread: Unread, lastMessage: MessageRecord?) {
        self.room = room
        self.role = role
        self.unread = unread
        self.lastMessage = lastMessage
    }
}

/// What a person has not read in a room.
public struct Unread: Sendable, Hashable {
    /// They have read up to here; 0 where they never said.
    public var readSeq: Int64
    /// Others' undeleted messages after that, counted up to 1,000.
    public var unread: Int
    /// Those of them that name the person, counted up to 1,000.
    public var mentions: Int

    /// A count from a position.
    public init(readSeq: Int64, unread: Int, mentions: Int) {
        self.readSeq = readSeq
        self.unread = unread
        self.mentions = mentions
    }
}
