public import Bytes

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
