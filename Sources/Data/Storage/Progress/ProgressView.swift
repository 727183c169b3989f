public import Bytes

/// What is stored of some people's progress at one moment.
public struct ProgressView: Sendable {
    /// Counts commits; a commit of what was made of this view succeeds only while it is the store's.
    public var version: Int64
    /// Counts changes of the achievements.
    public var catalogue: Int64
    /// The number of the ledger's last line.
    public var ledger: Int64
    /// Up to when people's joining has been looked at.
    public var joinedAt: Timestamp
    /// Those who were asked for, whether anything is kept of them or not.
    public var people: [String: ProgressPersonRecord] = [:]
    /// Their time zones, where they said so.
    public var zones: [String: String] = [:]
    /// Of the events that were asked for those that are known already.
    public var knownEvents: Set<String> = []
    /// Of the rooms that were asked for those that there are.
    public var rooms: Set<String> = []
}

/// What comes of some events: written as a whole, or not at all.
public struct ProgressChange: Sendable {
    /// The version of the view that it was made from.
    public var version: Int64
    /// Rooms' new positions.
    public var positions: [String: Int64] = [:]
    /// Up to when people's joining has been looked at now; nil for no change.
    public var joinedAt: Timestamp?
    /// Events that no room's events tell.
    public var events: [ProgressEventRecord] = []
    /// People whose name or streak changed.
    public var people: [ProgressPersonRecord] = []
    /// Parts that changed, by person.
    public var parts: [(user: String, part: ProgressPartRecord)] = []
    /// What was earned, by person.
    public var earned: [(user: String, record: EarnedRecord)] = []
    /// What the ledger gets.
    public var lines: [LedgerRecord] = []

    /// A change of nothing yet.
    public init(version: Int64) { self.version = version }

    /// Whether there is anything to write.
    public var isEmpty: Bool {
        positions.isEmpty && joinedAt == nil && events.isEmpty && people.isEmpty && parts.isEmpty
            && earned.isEmpty && lines.isEmpty
    }
}

/// Something that somebody did in a room, as the room's events tell.
public struct RoomActivity: Sendable, Hashable {
    /// Its seq.
    public let seq: Int64
    /// When.
    public let at: Timestamp
    /// Who.
    public let user: String
    /// Their name.
    public let name: String
    /// The emoji of a reaction; nil for a message.
    public let emoji: String?
    /// What kind of message it is; empty for a reaction.
    public let messageType: String
    /// Whether it answers another.
    public let isReply: Bool
}

/// Somebody has become a member of a room.
public struct JoinActivity: Sendable, Hashable {
    /// When.
    public let at: Timestamp
    /// The room.
    public let room: String
    /// Who.
    public let user: String
    /// Their name.
    public let name: String
}
