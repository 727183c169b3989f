public import Bytes

/// One durable event of a room: what members are pushed, and what a replay sends again.
public struct StoredEvent: Sendable, Hashable {
    /// What happened.
    public enum Body: Sendable, Hashable {
        /// Somebody said something.
        case message(MessageRecord)
        /// A message's text changed. Without content where that text has been deleted since.
        case updated(messageID: String, content: String?, mentions: [String], editedAt: Timestamp)
        /// A message was deleted.
        case deleted(messageID: String)
        /// A message was pinned (true) or unpinned.
        case pinned(messageID: String, Bool)
        /// A reaction came or went; `count` is how many have this emoji now.
        case reaction(messageID: String, emoji: String, added: Bool, count: Int)
    }

    /// The room's id.
    public var room: String
    /// Its position in the room: 1, 2, 3 … without holes.
    public var seq: Int64
    /// When it was asked for.
    public var at: Timestamp
    /// Who did it.
    public var actor: Author
    /// What happened.
    public var body: Body

    /// Whether it is something that somebody said.
    public var isMessage: Bool {
        if case .message = body { true } else { false }
    }

    /// Whether it shares or highlights a document.
    public var isOfDocument: Bool {
        if case .message(let message) = body {
            message.type == .documentShare || message.type == .highlight
        } else {
            false
        }
    }

    /// An event at a position.
    public init(room: String, seq: Int64, at: Timestamp, actor: Author, body: Body) {
        self.room = room
        self.seq = seq
        self.at = at
        self.actor = actor
        self.body = body
    }
}
