public import Bytes

/// One act on its way into a room's log. The caller has checked rights, sizes and the UTF-8.
public struct AppendRequest: Sendable {
    /// Whose room it is.
    public var tenant: String
    /// The room's id.
    public var room: String
    /// Who does it.
    public var actor: Author
    /// What they do.
    public var act: Act
    /// Handed back with the result; means nothing to the log.
    public var ticket: UInt64
    /// When it was asked for.
    public var at: Timestamp
    /// Whether the record keeps what only a moderator may do; an erasure is no moderator's act.
    public var isRecorded = false
    /// How long after their last message in the room the actor may not send another one, in milliseconds; 0 for no wait.
    public var slowModeMilliseconds: Int64 = 0

    /// An act of `actor` in `room`.
    public init(
        tenant: String = "default", room: String, actor: Author, act: Act, ticket: UInt64 = 0,
        at: Timestamp = .now()
    ) {
        self.tenant = tenant
        self.room = room
        self.actor = actor
        self.act = act
        self.ticket = ticket
        self.at = at
    }
}
