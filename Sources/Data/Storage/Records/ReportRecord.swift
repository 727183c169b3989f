public import Bytes

/// A message that somebody wants the moderators to look at.
public struct ReportRecord: Sendable, Hashable {
    /// Its id.
    public var id: String
    /// The room's id.
    public var room: String
    /// The message's id.
    public var messageID: String
    /// Who reports it.
    public var by: String
    /// Why, in words.
    public var reason: String?
    /// When.
    public var at: Timestamp

    /// A report.
    public init(
        id: String = Identifier.uuid(), room: String, messageID: String, by: String, reason: String? = nil,
        at: Timestamp = .now()
    ) {
        self.id = id
        self.room = room
        self.messageID = messageID
        self.by = by
        self.reason = reason
        self.at = at
    }
}
