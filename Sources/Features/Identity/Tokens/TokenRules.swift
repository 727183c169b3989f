import Bytes
import PubSub

/// What the claims of a token may be: the same for who verifies one and who signs one.
public enum TokenRules {
    /// Patterns of each kind in one token.
    public static let patternLimit = 64
    /// Rooms that one token may give a role in.
    public static let roomLimit = 256
    /// The roles that a token may give.
    public static let roles = ["owner", "moderator", "member"]

    /// Whether a text can be a person's id: 1 to 64 bytes without white space, control and hidden characters.
    public static func isUser(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && TextRules.isPrintable(text)
            && !text.unicodeScalars.contains { $0.properties.isWhitespace }
    }

    /// Whether a text can be a person's name: 1 to 64 bytes, something to see and nothing hidden.
    public static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && TextRules.isName(text)
    }

    /// Whether a text can be a grant: a topic, a pattern of topics, or `*`.
    public static func isGrant(_ text: String) -> Bool { text == "*" || ChannelPattern(topics: text) != nil }
}
