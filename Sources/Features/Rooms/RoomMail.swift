import Bytes
public import ClientProtocol
public import Identity
public import PubSub
public import Storage

/// What sessions, services and the store tell a room's home.
public enum RoomMail: Sendable {
    /// A connection wants to be in the room.
    case join(JoinRequest)
    /// What the store knows for a join.
    case viewed(room: String, ticket: UInt64, Result<JoinView?, StorageError>)
    /// The membership that a join needs has been written, or not.
    case enrolled(room: String, ticket: UInt64, Result<MemberRecord, ClientError>)
    /// A batch of joins' readings has been answered: with so many missed events, after so long.
    case deskRead(joins: Int, events: Int, nanoseconds: Int64)
    /// A batch of joins' memberships has been answered.
    case deskEnrolled
    /// A connection leaves the room.
    case leave(room: String, SubscriberHandle, reply: ReplyTarget)
    /// A connection is gone without a word.
    case gone(room: String, SubscriberHandle)
    /// A connection's token has been renewed by one with other rights in the room.
    case renewed(room: String, SubscriberHandle, Principal)
    /// Something durable is to happen in the room.
    case act(RoomAct)
    /// A commit's results for rooms of this shard, in their order.
    case committed([AppendResult])
    /// Somebody types, or has stopped.
    case typing(room: String, SubscriberHandle, isTyping: Bool, reply: ReplyTarget)
    /// A person has read up to an event.
    case read(room: String, Author, seq: Int64)
    /// Somebody has earned something there: the members of the push beside type and room, as JSON without braces.
    case earned(room: String, Author, [UInt8])
    /// Who is here?
    case presence(room: String, cursor: String?, limit: Int, reply: ReplyTarget)
    /// The newest presence for a reader that missed some of it.
    case refreshPresence(room: String, SubscriberHandle)
    /// The room's settings have changed.
    case changed(RoomRecord)
    /// A member's role has changed.
    case promoted(room: String, user: String, Role)
    /// A member goes by another name.
    case renamed(room: String, Author)
    /// A person must leave: banned or removed.
    case evict(room: String, user: String, isBan: Bool, reason: String?)
    /// What the gate says to a join: nil lets it in.
    case gateAnswered(room: String, ticket: UInt64, ClientError?)
    /// The gate is closed to a person who is behind it: they must leave, with or without their membership.
    case expel(room: String, user: String, reason: String, String, endsMembership: Bool)
    /// Nobody can say whether a person behind a gate may stay; they may for so many milliseconds more. Their grace began
    /// at a moment of the wall clock.
    case warn(room: String, user: String, remaining: Int64, since: Int64)
    /// Who is here, for a caller inside the server: ids.
    case people(room: String, @Sendable ([String]) -> Void)
    /// Who of them is connected to this process, or was within the grace.
    case ownPeople(room: String, @Sendable ([String]) -> Void)
    /// The last events are not as they were: whoever wants them reads the store.
    case forgetEvents(room: String)
    /// The settings have been read from the store, since another process changed them.
    case refreshed(RoomRecord)
    /// Events that were missed have been read; nil where the store could not.
    case healed(room: String, [StoredEvent]?)
    /// How far the store says that rooms of this shard are.
    case positions([RoomPosition])
    /// The rights of people here, as the store has them.
    case standings(room: String, [RoomStanding])
    /// This process is about to end.
    case resign(graceMilliseconds: Int64, @Sendable () -> Void)
    /// A shard has handed over all that was sent before a round.
    case handedOver(room: String, round: UInt64)
    /// A process that has died had people in the room; there may be nobody now.
    case vacancy(room: String)
    /// The names of the room's members, for mentions.
    case names(room: String, [MemberRecord])
}

/// A connection's wish to be in a room.
public struct JoinRequest: Sendable {
    let handle: SubscriberHandle
    let isDeflating: Bool
    var principal: Principal
    let room: String
    let since: StreamPosition?
    let history: Int
    let invitation: String?
    let asset: String?
    let id: String?

    /// A wish.
    public init(
        _ handle: SubscriberHandle, isDeflating: Bool, principal: Principal, room: String,
        since: StreamPosition?,
        history: Int, invitation: String?, asset: String? = nil, id: String?
    ) {
        self.handle = handle
        self.isDeflating = isDeflating
        self.principal = principal
        self.room = room
        self.since = since
        self.history = history
        self.invitation = invitation
        self.asset = asset
        self.id = id
    }

    var author: Author { Author(id: principal.user, name: principal.name, isBot: principal.isBot) }
}

/// Something durable that a person does in a room.
public struct RoomAct: Sendable {
    /// What is done.
    public enum Deed: Sendable {
        case post(MessageDraft)
        case edit(message: String, content: String)
        case delete(message: String)
        case pin(message: String, isPinned: Bool)
        case react(message: String, emoji: String, isAdded: Bool)
    }

    let room: String
    let deed: Deed
    let author: Author
    /// How the author stands in the room, for a caller that has looked it up; nil: as the connection's join says.
    let standing: Standing?
    let reply: ReplyTarget

    /// A person's rights in a room, with the room's settings as they were read.
    public struct Standing: Sendable {
        let role: Role
        /// The part of it that the token of the request lends.
        let granted: Role?
        let room: RoomRecord
    }

    /// An act over a connection that has joined.
    public init(room: String, _ deed: Deed, author: Author, reply: ReplyTarget) {
        self.init(room: room, deed, author: author, standing: nil, reply: reply)
    }

    init(room: String, _ deed: Deed, author: Author, standing: Standing?, reply: ReplyTarget) {
        self.room = room
        self.deed = deed
        self.author = author
        self.standing = standing
        self.reply = reply
    }
}
