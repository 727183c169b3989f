/// How hard a challenge was, and what it is worth (REQUIREMENTS C5).
public enum ChallengeDifficulty: String, CaseIterable, Sendable {
    case easy, medium, hard, expert

    /// The experience that completing one gives, before the streak's bonus.
    public var experience: Int64 {
        switch self {
        case .easy: 25
        case .medium: 50
        case .hard: 100
        case .expert: 200
        }
    }
}
