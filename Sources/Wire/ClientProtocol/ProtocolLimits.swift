/// Bounds on what a client may send, beside those of the configuration.
public enum ProtocolLimits {
    /// Bytes of any id that a client chooses.
    public static let idBytes = 64
    /// Bytes of a chat message's content; the message limit leaves room for the envelope and escapes.
    public static let contentBytes = 32_768
    /// Rows of one listing.
    public static let pageRows = 100
    /// Bytes of an emoji or reaction name.
    public static let emojiBytes = 64
    /// Bytes of a search's query.
    public static let queryBytes = 256
    /// Channels named in one `subscribe`.
    public static let channelsPerRequest = 128
    /// The longest that a subscriber may have values wait for each other, in milliseconds.
    public static let intervalMilliseconds: Int64 = 60_000
    /// Members that a subscriber may choose of values, and the bytes of each one's name.
    public static let fields = 16
    /// Bytes of a channel's name.
    public static let channelBytes = 128
    /// People that a client may name as mentioned in one message.
    public static let mentions = 50
    /// Bytes of a highlight's JSON.
    public static let highlightBytes = 16_384
}
