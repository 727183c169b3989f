/// An achievement: what it is called, what it gives, and what one must have done.
public struct Achievement: Hashable, Sendable {
    /// Its id, as `first_message`.
    public let id: String
    /// Rises with each change.
    public let version: Int64
    /// Whether it can be earned; who has earned it keeps it.
    public let isActive: Bool
    /// What people see.
    public let form: AchievementForm
    /// What one must have done.
    public let rule: AchievementRule

    /// A version of an achievement.
    public init(
        id: String, version: Int64, isActive: Bool, form: AchievementForm, rule: AchievementRule
    ) {
        self.id = id
        self.version = version
        self.isActive = isActive
        self.form = form
        self.rule = rule
    }

    /// Whether a text can be an id: 1 to 64 lower-case letters, digits, `_` and `-`.
    public static func isID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 45
            }
    }
}

/// What people see of an achievement.
public struct AchievementForm: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// What it is for.
    public var description: String
    /// The experience that it gives.
    public var experience: Int64
    /// How rare its badge is.
    public var rarity: BadgeRarity
    /// What is to be minted for it; nil for nothing.
    public var mint: String?

    /// A form.
    public init(
        name: String, description: String, experience: Int64, rarity: BadgeRarity, mint: String? = nil
    ) {
        self.name = name
        self.description = description
        self.experience = experience
        self.rarity = rarity
        self.mint = mint
    }
}
