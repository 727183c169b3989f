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
