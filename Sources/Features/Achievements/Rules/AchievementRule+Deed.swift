extension AchievementRule {
    /// The most conditions that are named in one sentence.
    private static let spokenConditions = 3

    /// What was done, in words; nil for rules that are longer than their words, and for events of other services.
    var deed: String? { deed(of: root) }

    private func deed(of node: Node) -> String? {
        switch node {
        case .condition(let index): return conditions[index].deed
        case .any(let nodes):
            // Which one it was is not known here.
            return nodes.count == 1 ? deed(of: nodes[0]) : nil
        case .all(let nodes):
            let parts = nodes.compactMap { deed(of: $0) }
            guard parts.count == nodes.count, let last = parts.last,
                parts.count <= AchievementRule.spokenConditions
            else { return nil }
            return parts.count == 1 ? last : parts.dropLast().joined(separator: ", ") + " and " + last
        }
    }
}

extension RuleCondition {
    /// What was done, as ``AchievementRule/deed``.
    fileprivate var deed: String? {
        guard filter.tests.isEmpty, let (one, many) = RuleCondition.nouns[filter.kind] else { return nil }
        switch measure {
        case .count(1): return "the first \(one)"
        case .count(let times): return "\(times) \(many)\(span)"
        case .distinct(let field, let values):
            guard values > 1 else { return nil }
            return switch (filter.kind, field) {
            case ("message_sent", "room"): "messages in \(values) rooms\(span)"
            case ("reaction_added", "emoji"): "\(values) different reactions\(span)"
            default: nil
            }
        case .streak(let days): return days > 1 ? "\(many) on \(days) days in a row" : nil
        case .sum, .threshold: return nil
        }
    }

    /// One and many of what the server itself tells.
    private static let nouns = [
        "message_sent": ("message", "messages"), "reaction_added": ("reaction", "reactions"),
        "room_joined": ("room joined", "rooms joined"),
        "challenge_completed": ("challenge completed", "challenges completed"),
    ]

    /// How long the window is, in its largest whole unit; nothing for all time.
    private var span: String {
        guard let window else { return "" }
        let units: [(Int64, String)] = [
            (7 * 86_400_000, "week"), (86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"),
            (1000, "second"),
        ]
        guard let (length, name) = units.first(where: { window >= $0.0 && window.isMultiple(of: $0.0) })
        else {
            return " in \(window) ms"
        }
        return window == length ? " in one \(name)" : " in \(window / length) \(name)s"
    }
}
