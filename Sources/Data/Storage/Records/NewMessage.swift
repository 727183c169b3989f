/// A message that is to be appended.
public struct NewMessage: Sendable, Hashable {
    /// The id that it will have, a UUIDv7.
    public var id: String
    /// What it is.
    public var type: MessageType
    /// The text.
    public var content: String
    /// The message that it answers, which must be in the same room.
    public var replyTo: String?
    /// Whom it names, by user id.
    public var mentions: [String]
    /// The sender's own id for it: a repeat within 30 days is the same message.
    public var clientID: String?
    /// The document that it shares or quotes.
    public var documentID: String?
    /// A highlight's fields, as JSON.
    public var highlight: String?

    /// A message of these parts.
    public init(
        id: String, type: MessageType = .text, content: String, replyTo: String? = nil,
        mentions: [String] = [],
        clientID: String? = nil, documentID: String? = nil, highlight: String? = nil
    ) {
        self.id = id
        self.type = type
        self.content = content
        self.replyTo = replyTo
        self.mentions = mentions
        self.clientID = clientID
        self.documentID = documentID
        self.highlight = highlight
    }
}
