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
    /// The author's last message is not old enough: so many milliseconds more.
    case slowMode(wait: Int64)
}
