/// A part of a list.
public struct Page<Item: Sendable & Hashable>: Sendable, Hashable {
    /// This part.
    public var items: [Item]
    /// Asks for the next part; nil where this was the last.
    public var cursor: String?

    /// A part of a list.
    public init(items: [Item], cursor: String?) {
        self.items = items
        self.cursor = cursor
    }
}

/// A part of a room's messages.
public struct HistoryPage: Sendable, Hashable {
    /// The messages as they are now, oldest first.
    public var messages: [MessageRecord]
    /// Whether there are older ones.
    public var moreBefore: Bool
    /// Whether there are newer ones.
    public var moreAfter: Bool

    /// A part of a room's messages.
    public init(messages: [MessageRecord], moreBefore: Bool, moreAfter: Bool) {
        self.messages = messages
        self.moreBefore = moreBefore
        self.moreAfter = moreAfter
    }
}

/// Which part of a room's messages.
public enum HistoryPosition: Sendable, Hashable {
    /// The newest.
    case latest
    /// Those next before a seq, which is excluded.
    case before(Int64)
    /// Those next after a seq, which is excluded.
    case after(Int64)
    /// Those next to a seq on both sides, and it.
    case around(Int64)
}

/// All that a join needs, read in one snapshot.
public struct JoinView: Sendable, Hashable {
    /// The room, its epoch and its newest seq.
    public var room: RoomRecord
    /// The person's membership, nil if they have none.
    public var member: MemberRecord?
    /// The ban that holds now.
    public var ban: BanRecord?
    /// Whether they are invited now.
    public var isInvited: Bool
    /// What they have not read.
    public var unread: Unread
    /// The newest messages, where asked for.
    public var history: HistoryPage?
    /// The events after the position asked for, oldest first; empty where ``gap`` says why they cannot follow.
    public var missed: [StoredEvent]
    /// Why the events since the position cannot follow.
    public var gap: ReplayGap?

    /// All that a join needs.
    public init(
        room: RoomRecord, member: MemberRecord?, ban: BanRecord?, isInvited: Bool, unread: Unread,
        history: HistoryPage?, missed: [StoredEvent], gap: ReplayGap?
    ) {
        self.room = room
        self.member = member
        self.ban = ban
        self.isInvited = isInvited
        self.unread = unread
        self.history = history
        self.missed = missed
        self.gap = gap
    }
}

/// A position in a room that a client stopped at.
public struct ReplayPosition: Sendable, Hashable {
    /// The numbering that it belongs to.
    public var epoch: String
    /// The last seq seen.
    public var seq: Int64

    /// A position.
    public init(epoch: String, seq: Int64) {
        self.epoch = epoch
        self.seq = seq
    }
}

/// Why a client cannot get what it missed; the raw values are the wire's.
public enum ReplayGap: String, Sendable, Hashable {
    /// More than may follow.
    case limit
    /// Some of it is no longer kept.
    case retention
    /// Another numbering, or a position beyond the newest.
    case epoch
}
