public import Bytes

/// A person who may not be in a room.
public struct BanRecord: Sendable, Hashable {
    /// The room's id.
    public var room: String
    /// Who is banned.
    public var user: String
    /// Who did it.
    public var by: String
    /// Why, in words.
    public var reason: String?
    /// Since when.
    public var at: Timestamp
    /// Until when (exclusive); nil for ever.
    public var until: Timestamp?

    /// A ban.
    public init(
        room: String, user: String, by: String, reason: String? = nil, at: Timestamp = .now(),
        until: Timestamp? = nil
    ) {
        self.room = room
        self.user = user
        self.by = by
        self.reason = reason
        self.at = at
        self.until = until
    }
}
