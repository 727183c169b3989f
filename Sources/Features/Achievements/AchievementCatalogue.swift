/// All achievements that can be earned, by the kinds of events that they look at.
public struct AchievementCatalogue: Sendable {
    /// Them, by id.
    public let all: [String: Achievement]
    private let byKind: [String: [Achievement]]

    /// A catalogue; achievements that are not active are left out.
    public init(_ achievements: [Achievement]) {
        let active = achievements.filter(\.isActive)
        all = Dictionary(active.map { ($0.id, $0) }) { $0.version > $1.version ? $0 : $1 }
        var byKind: [String: [Achievement]] = [:]
        for achievement in all.values.sorted(by: { $0.id < $1.id }) {
            for kind in achievement.rule.kinds { byKind[kind, default: []].append(achievement) }
        }
        self.byKind = byKind
    }

    /// Those that look at events of a kind, in the order of their ids.
    func looking(at kind: String) -> [Achievement] { byKind[kind] ?? [] }
}
