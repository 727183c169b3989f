public import Bytes

/// What a message is; the raw values are the wire's.
public enum MessageType: String, Sendable, Hashable, CaseIterable {
    /// Something that somebody wrote.
    case text
    /// A reference to a document.
    case documentShare = "document_share"
    /// A passage of a document.
    case highlight
    /// Written by the server itself.
    case system
}

/// A message as it is, or (in a replay) as it was when it was sent.
public struct MessageRecord: Sendable, Hashable {
    /// Its id, a UUIDv7.
    public var id: String
    /// The seq of its `new_message` event.
    public var seq: Int64
    /// When it was sent.
    public var at: Timestamp
    /// Who wrote it.
    public var author: Author
    /// What it is.
    public var type: MessageType
    /// The text; empty once deleted.
    public var content: String
    /// The message that it answers.
    public var replyTo: String?
    /// Whom it names, by user id.
    public var mentions: [String]
    /// The sender's own id for it.
    public var clientID: String?
    /// The document that it shares or quotes.
    public var documentID: String?
    /// A highlight's fields, as JSON.
    public var highlight: String?
    /// Whether it is pinned.
    public var pinned = false
    /// Whether only its tombstone is left.
    public var deleted = false
    /// When it was last edited.
    public var editedAt: Timestamp?
    /// How many undeleted messages answer in its thread; 0 for a message that is itself an answer.
    public var replyCount = 0
    /// Who reacted how, the first emoji first.
    public var reactions: [ReactionSummary] = []
    // Whether reading ``reactions`` is worth a look into their table.
    var hasReactions = false

    /// A message that was just sent.
    public init(_ message: NewMessage, seq: Int64, at: Timestamp, author: Author) {
        id = message.id
        self.seq = seq
        self.at = at
        self.author = author
        type = message.type
        content = message.content
        replyTo = message.replyTo
        mentions = message.mentions
        clientID = message.clientID
        documentID = message.documentID
        highlight = message.highlight
    }
}

/// All reactions to a message with one emoji.
public struct ReactionSummary: Sendable, Hashable {
    /// The emoji, as it was sent.
    public var emoji: String
    /// How many people.
    public var count: Int
    /// The first of them by user id, at most 20.
    public var users: [String]

    /// So many reactions with one emoji.
    public init(emoji: String, count: Int, users: [String]) {
        self.emoji = emoji
        self.count = count
        self.users = users
    }
}
