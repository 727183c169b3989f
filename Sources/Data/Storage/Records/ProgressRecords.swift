public import Bytes

/// One version of an achievement.
public struct AchievementRecord: Sendable, Hashable {
    /// Its id.
    public var id: String
    /// From 1.
    public var version: Int64
    /// Whether it can be earned.
    public var active: Bool
    /// What people see.
    public var name, description: String
    /// The experience that it gives.
    public var experience: Int64
    /// How rare its badge is.
    public var rarity: String
    /// What one must have done, as JSON.
    public var rule: String
    /// What is to be minted for it.
    public var mint: String?
    /// When this version was made.
    public var at: Timestamp

    /// A version.
    public init(
        id: String, version: Int64 = 1, active: Bool = true, name: String, description: String,
        experience: Int64, rarity: String, rule: String, mint: String? = nil, at: Timestamp = .now()
    ) {
        self.id = id
        self.version = version
        self.active = active
        self.name = name
        self.description = description
        self.experience = experience
        self.rarity = rarity
        self.rule = rule
        self.mint = mint
        self.at = at
    }
}

/// How far a person is with one achievement.
public struct ProgressPartRecord: Sendable, Hashable {
    /// Which.
    public var achievement: String
    /// The version of it.
    public var version: Int64
    /// How far, as JSON.
    public var state: String

    /// A part.
    public init(achievement: String, version: Int64, state: String) {
        self.achievement = achievement
        self.version = version
        self.state = state
    }
}

/// An achievement that somebody has.
public struct EarnedRecord: Sendable, Hashable {
    /// Which.
    public var achievement: String
    /// The version of it.
    public var version: Int64
    /// When.
    public var at: Timestamp
    /// What it gave.
    public var experience: Int64
    /// Where; nil where it was in no room.
    public var room: String?
    /// What was minted for it.
    public var mint: String?

    /// An earned achievement.
    public init(
        achievement: String, version: Int64, at: Timestamp, experience: Int64, room: String?,
        mint: String? = nil
    ) {
        self.achievement = achievement
        self.version = version
        self.at = at
        self.experience = experience
        self.room = room
        self.mint = mint
    }
}

/// What is kept of a person's progress.
public struct ProgressPersonRecord: Sendable, Hashable {
    /// Who.
    public var user: String
    /// Their name, as it was last seen.
    public var name: String
    /// The sum of the ledger.
    public var experience: Int64 = 0
    /// Their streak: days, last activity, its day.
    public var streakDays: Int64 = 0
    /// The last activity.
    public var streakAt: Timestamp?
    /// The day of it.
    public var streakDay: Int64 = 0
    /// How far they are with what they have not earned.
    public var parts: [ProgressPartRecord] = []
    /// What they have earned.
    public var earned: [EarnedRecord] = []

    /// Somebody of whom nothing is kept.
    public init(user: String, name: String) {
        self.user = user
        self.name = name
    }
}

/// A line of the ledger of experience.
public struct LedgerRecord: Sendable, Hashable {
    /// Its number: 1, 2, 3 … in the order in which they became durable. The store gives it.
    public var seq: Int64 = 0
    /// Whose.
    public var user: String
    /// How much.
    public var amount: Int64
    /// What for, as `achievement` or `challenge`.
    public var reason: String
    /// The same for what must count once; unique for a person.
    public var key: String
    /// Where.
    public var room: String?
    /// When it was earned.
    public var at: Timestamp

    /// A line that the store has not numbered yet.
    public init(user: String, amount: Int64, reason: String, key: String, room: String?, at: Timestamp) {
        self.user = user
        self.amount = amount
        self.reason = reason
        self.key = key
        self.room = room
        self.at = at
    }
}

/// Something that somebody did and that no room's events tell.
public struct ProgressEventRecord: Sendable, Hashable {
    /// Unique; the same once more is the same event.
    public var id: String
    /// Who.
    public var user: String
    /// What.
    public var kind: String
    /// Where.
    public var room: String?
    /// When.
    public var at: Timestamp
    /// More, as JSON.
    public var data: String

    /// An event.
    public init(id: String, user: String, kind: String, room: String?, at: Timestamp, data: String) {
        self.id = id
        self.user = user
        self.kind = kind
        self.room = room
        self.at = at
        self.data = data
    }
}

/// Somebody's line on a leaderboard.
public struct BoardRecord: Sendable, Hashable {
    /// Who.
    public var user: String
    /// Their name.
    public var name: String
    /// How much.
    public var experience: Int64
    /// The ledger's number of what made it so.
    public var since: Int64

    init(user: String, name: String, experience: Int64, since: Int64) {
        self.user = user
        self.name = name
        self.experience = experience
        self.since = since
    }
}
