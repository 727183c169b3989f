/// What somebody has on a leaderboard.
public struct BoardEntry: Hashable, Sendable {
    /// Who.
    public let user: String
    /// Their name.
    public let name: String
    /// How much.
    public let experience: Int64
    /// Since when: the number in the ledger of what made it so.
    public let since: Int64

    /// An entry.
    public init(user: String, name: String, experience: Int64, since: Int64) {
        self.user = user
        self.name = name
        self.experience = experience
        self.since = since
    }
}

/// Somebody's place on a leaderboard.
public struct BoardStanding: Hashable, Sendable {
    /// From 1; the same for equal experience.
    public let rank: Int
    /// Who.
    public let user: String
    /// Their name.
    public let name: String
    /// How much they have.
    public let experience: Int64

    /// A place.
    public init(rank: Int, user: String, name: String, experience: Int64) {
        self.rank = rank
        self.user = user
        self.name = name
        self.experience = experience
    }
}
