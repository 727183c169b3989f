import JSON

/// How far one person is with everything; a value that is taken from one event to the next.
public struct PersonProgress: Sendable {
    /// How far they are with an achievement.
    public struct Part: Sendable {
        /// The version of the achievement that this is progress of.
        public let version: Int64
        /// How far.
        public internal(set) var progress: RuleProgress
        /// Whether it differs from what is stored.
        public internal(set) var hasChanged = false

        /// A part as it is stored.
        public init(version: Int64, progress: RuleProgress) {
            self.version = version
            self.progress = progress
        }
    }

    /// What an event has led to.
    public enum Gain: Hashable, Sendable {
        /// An achievement is earned, with its experience.
        case achievement(Achievement)
        /// A challenge is completed; the streak's bonus is in it.
        case challenge(ChallengeDifficulty, experience: Int64)
    }

    /// The days in a row.
    public private(set) var streak: DailyStreak
    /// By achievement; those that nothing was done for are not in it.
    public private(set) var parts: [String: Part]
    /// What they have earned, by id.
    public private(set) var earned: Set<String>

    /// Somebody's progress, as it is stored.
    public init(
        streak: DailyStreak = DailyStreak(), parts: [String: Part] = [:], earned: Set<String> = []
    ) {
        self.streak = streak
        self.parts = parts
        self.earned = earned
    }

    /// Takes an event of theirs.
    public mutating func take(_ event: ProgressEvent, _ catalogue: AchievementCatalogue) -> [Gain] {
        streak.count(event.at, day: event.day)
        var gains: [Gain] = []
        if event.kind == "challenge_completed",
            let difficulty = event.value("difficulty")?.string.flatMap(ChallengeDifficulty.init)
        {
            gains.append(.challenge(difficulty, experience: streak.award(difficulty.experience)))
        }
        for achievement in catalogue.looking(at: event.kind) where !earned.contains(achievement.id) {
            var part = part(of: achievement)
            guard part.progress.take(event, achievement.rule) else { continue }
            part.hasChanged = true
            parts[achievement.id] = part
            guard part.progress.isMet(achievement.rule) else { continue }
            earned.insert(achievement.id)
            gains.append(.achievement(achievement))
        }
        return gains
    }

    /// Progress of another version is none: the rule may be another.
    private func part(of achievement: Achievement) -> Part {
        if let part = parts[achievement.id], part.version == achievement.version,
            part.progress.states.count == achievement.rule.conditions.count
        {
            return part
        }
        return Part(version: achievement.version, progress: RuleProgress(of: achievement.rule))
    }
}
