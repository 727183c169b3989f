/// Something that changes a room and is to become one of its durable events.
public enum Act: Sendable, Hashable {
    /// Says something.
    case message(NewMessage)
    /// Changes a message's text. Only its author may, unless `byModerator`.
    case edit(messageID: String, content: String, mentions: [String], byModerator: Bool)
    /// Deletes a message's text for good. Only its author may, unless `byModerator`.
    case delete(messageID: String, byModerator: Bool)
    /// Pins (true) or unpins a message.
    case pin(messageID: String, Bool)
    /// Adds the actor's reaction to a message or takes it back.
    case reaction(messageID: String, emoji: String, added: Bool)

    /// Whether it takes a message away with a moderator's right: that goes in archived rooms too, where the rooms let
    /// nobody do it but an erasure.
    var isRemoval: Bool {
        if case .delete(_, byModerator: true) = self { true } else { false }
    }
}
