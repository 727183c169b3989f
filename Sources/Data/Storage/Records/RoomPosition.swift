public import Bytes

/// How far a room is, for comparing.
public struct RoomPosition: Sendable, Hashable {
    /// The room's id.
    public var room: String
    /// Its newest seq.
    public var seq: Int64
    /// When its settings were changed last.
    public var updatedAt: Timestamp
}

/// A person's rights in a room.
public struct RoomStanding: Sendable, Hashable {
    /// The person's id.
    public var user: String
    /// Their role, nil where they are no member.
    public var role: Role?
    /// Whether they are banned from it now.
    public var isBanned: Bool
}
