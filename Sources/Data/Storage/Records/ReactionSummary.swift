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
