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
