import Bytes
import Decimals

/// What somebody must have done for an achievement: conditions on events, combined by `all` and `any`.
///
/// A condition that was met once stays met, so nothing that happens later takes an achievement's part away, and what has
/// to be remembered of a person has a bound: see ``RuleProgress``.
///
/// ```
/// {"all": [{"count": {"kind": "message_sent", "at_least": 10, "within_ms": 604800000}},
///          {"distinct": {"kind": "message_sent", "field": "room", "at_least": 3}}]}
/// ```
public struct AchievementRule: Hashable, Sendable {
    /// How deep `all` and `any` may stand in one another.
    public static let depthLimit = 4
    /// How many conditions a rule has at most.
    public static let conditionLimit = 16
    /// How long its JSON may be.
    public static let byteLimit = 8192
    /// How many steps a window has: it slides by hundredths of its length.
    static let windowSteps: Int64 = 100

    /// How conditions are combined.
    indirect enum Node: Hashable, Sendable {
        /// The condition of this number.
        case condition(Int)
        case all([Node])
        case any([Node])

        /// Whether it is met where these conditions are.
        func isMet(_ isConditionMet: (Int) -> Bool) -> Bool {
            switch self {
            case .condition(let index): isConditionMet(index)
            case .all(let nodes): nodes.allSatisfy { $0.isMet(isConditionMet) }
            case .any(let nodes): nodes.contains { $0.isMet(isConditionMet) }
            }
        }
    }

    let root: Node
    let conditions: [RuleCondition]

    /// The kinds of events that it looks at.
    public var kinds: Set<String> { Set(conditions.map(\.filter.kind)) }
}

/// One condition on events.
struct RuleCondition: Hashable, Sendable {
    /// What is measured.
    enum Measure: Hashable, Sendable {
        /// How many events.
        case count(atLeast: Int64)
        /// The sum of a field; events without a number there do not count.
        case sum(field: String, atLeast: ExactDecimal)
        /// How many different values a field had, texts of at most 64 bytes, numbers or truth values.
        case distinct(field: String, atLeast: Int)
        /// The number of active days in a row, as ``DailyStreak`` counts them.
        case streak(days: Int64)
        /// A field of a single event.
        case threshold(field: String, from: ExactDecimal?, through: ExactDecimal?)
    }

    let filter: EventFilter
    let measure: Measure
    /// How long the window is, in milliseconds; nil for all time.
    let window: Int64?

    /// The hundredth of the window in which a moment lies; 0 without a window.
    func step(_ milliseconds: Int64) -> Int64 {
        guard let window else { return 0 }
        return milliseconds.floorDivided(by: max(1, window / AchievementRule.windowSteps))
    }
}
