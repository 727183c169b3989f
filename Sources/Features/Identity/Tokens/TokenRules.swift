import Bytes
import PubSub

/// What the claims of a token may be: the same for who verifies one and who signs one.
public enum TokenRules {
    /// Patterns of each kind in one token.
    public static let patternLimit = 64
    /// Rooms that one token may give a role in.
    public static let roomLimit = 256
    /// A `jti`'s greatest length in bytes.
    public static let tokenIDBytes = 128
    /// The roles that a token may give.
    public static let roles = ["owner", "moderator", "member"]

    /// Whether a text can be a person's id: 1 to 64 bytes in normal form C without white space, control and hidden
    /// characters; not `.` and `..`, which no path can name (RFC 3986 §5.2.4).
    public static func isUser(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text != "." && text != ".."
            && TextRules.isNormal(text) && TextRules.isPrintable(text)
            && !text.unicodeScalars.contains { $0.properties.isWhitespace }
    }

    /// Whether an id is kept for people whom the server makes itself: no token from outside may have it.
    public static func isReserved(_ user: String) -> Bool {
        reservedUsers.contains(user) || reservedPrefixes.contains { user.hasPrefix($0) }
    }

    /// Whether an id is the server's own or a service key's: nobody signs in with it.
    public static func isProgram(_ user: String) -> Bool {
        reservedUsers.contains(user) || user.hasPrefix("key_")
    }

    /// What begins the ids of those who try a server, of service keys, and of who signs in with a wallet or by e-mail.
    public static let reservedPrefixes = ["u_dev_", "key_", "wallet_", "email_"]
    private static let reservedUsers = ["system", "operator", "watcher"]

    /// Whether a text can be a person's name: 1 to 64 bytes, something to see and nothing hidden.
    public static func isName(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && TextRules.isName(text)
    }

    /// Whether a text can be a grant: a stream's channel, a pattern of them, or `*`.
    public static func isGrant(_ text: String) -> Bool { text == "*" || ChannelPattern(streams: text) != nil }
}
