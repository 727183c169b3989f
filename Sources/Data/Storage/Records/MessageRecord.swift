public import Bytes

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
