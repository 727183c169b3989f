public import Bytes

/// What became of an ``AppendRequest``.
public struct AppendResult: Sendable {
    /// The request's ticket.
    public var ticket: UInt64
    /// The request's room.
    public var room: String
    /// What became of it.
    public var outcome: AppendOutcome

    /// The outcome of one request.
    public init(ticket: UInt64, room: String, outcome: AppendOutcome) {
        self.ticket = ticket
        self.room = room
        self.outcome = outcome
    }
}

/// What became of an act.
public enum AppendOutcome: Sendable, Hashable {
    /// It is durable and has this event.
    case appended(StoredEvent)
    /// The same sender already sent this client id: the first one's position.
    case duplicate(seq: Int64, messageID: String, at: Timestamp)
    /// Nothing to change (the reaction is there, the message is pinned already, …); the room's newest seq.
    case unchanged(seq: Int64)
    /// The room's state forbids it; trying again will not help.
    case refused(AppendRefusal)
    /// The store failed; nothing was written.
    case failed(StorageError)
}

/// Why a room's state forbids an act.
public enum AppendRefusal: Sendable, Hashable {
    /// No such room in this tenant.
    case roomNotFound
    /// The room is archived: it can be read, not written.
    case roomArchived
    /// No such message in this room.
    case messageNotFound
    /// Only the author or a moderator may.
    case notAuthor
    /// Only its tombstone is left.
    case messageDeleted
    /// The message that it answers is not in this room.
    case replyNotFound
    /// The message has as many different emoji as it may have.
    case tooManyReactions
}
