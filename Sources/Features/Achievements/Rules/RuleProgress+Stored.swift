import Bytes
import Decimals
import JSON

// How progress is kept: an array with an element for each condition.
extension RuleProgress {
    /// As the store keeps it.
    public var text: String {
        var writer = JSONWriter(capacity: 64)
        writer.beginArray()
        for state in states { RuleProgress.write(state, to: &writer) }
        writer.endArray()
        return writer.text()
    }

    private static func write(_ state: State, to writer: inout JSONWriter) {
        switch state {
        case .empty: writer.null()
        case .met: writer.value(true)
        case .total(let total): writer.value(String(total))
        case .steps(let steps):
            writer.beginArray()
            for step in steps {
                writer.beginArray()
                writer.value(step.number)
                writer.value(String(step.value))
                writer.endArray()
            }
            writer.endArray()
        case .values(let values):
            writer.beginObject()
            // In one order: the same progress is the same text.
            for (name, step) in values.sorted(by: { $0.key < $1.key }) {
                writer.key(dynamic: name)
                writer.value(step)
            }
            writer.endObject()
        case .streak(let streak):
            writer.beginArray()
            writer.value(streak.days)
            writer.value(streak.last?.milliseconds ?? 0)
            writer.value(streak.lastDay)
            writer.endArray()
        }
    }

    /// Reads what the store has; nil where it is not a progress of this rule.
    public init?(_ text: String, of rule: AchievementRule) {
        guard let elements = (try? JSONValue(parsing: text))?.array, elements.count == rule.conditions.count
        else { return nil }
        states = []
        for (element, condition) in zip(elements, rule.conditions) {
            guard let state = State(element, of: condition) else { return nil }
            states.append(state)
        }
    }
}

extension RuleProgress.State {
    fileprivate init?(_ json: JSONValue, of condition: RuleCondition) {
        switch (json, condition.measure) {
        case (.null, _): self = .empty
        case (.bool(true), _): self = .met
        case (.string(let text), .count), (.string(let text), .sum):
            guard condition.window == nil, let total = Int128(text) else { return nil }
            self = .total(total)
        case (.array(let elements), .count), (.array(let elements), .sum):
            guard condition.window != nil else { return nil }
            var steps: [RuleProgress.Step] = []
            for element in elements {
                guard let number = element[0]?.integer, let value = element[1]?.string.flatMap({ Int128($0) })
                else { return nil }
                steps.append(RuleProgress.Step(number: number, value: value))
            }
            self = .steps(steps)
        case (.object(let members), .distinct):
            var values: [String: Int64] = [:]
            for member in members {
                guard let step = member.value.integer else { return nil }
                values[member.name] = step
            }
            self = .values(values)
        case (.array, .streak):
            guard let days = json[0]?.integer, let last = json[1]?.integer, let day = json[2]?.integer else {
                return nil
            }
            self = .streak(DailyStreak(days: days, last: Timestamp(milliseconds: last), lastDay: day))
        default: return nil
        }
    }
}

extension RuleProgress {
    /// How far it is, for people: of one condition what is there of what is wanted, of several how many are met.
    public func measure(_ rule: AchievementRule) -> (current: String, target: String) {
        guard states.count == 1 else {
            let wanted = rule.root.wanted
            return (String(min(wanted, states.count { $0 == .met })), String(wanted))
        }
        let target = rule.conditions[0].measure.target
        if states[0] == .met { return (target, target) }
        let isSum = if case .sum = rule.conditions[0].measure { true } else { false }
        return (states[0].measure(isDecimal: isSum), target)
    }
}

extension RuleProgress.State {
    fileprivate func measure(isDecimal: Bool) -> String {
        switch self {
        case .empty, .met: return "0"
        case .total(let total): return RuleProgress.State.text(total, isDecimal)
        case .steps(let steps):
            return RuleProgress.State.text(steps.reduce(Int128(0)) { $0.addingClamped($1.value) }, isDecimal)
        case .values(let values): return String(values.count)
        case .streak(let streak): return String(streak.days)
        }
    }

    private static func text(_ number: Int128, _ isDecimal: Bool) -> String {
        guard isDecimal else { return String(number) }
        return (ExactDecimal(units: number) ?? .greatest).text
    }
}

extension RuleCondition.Measure {
    fileprivate var target: String {
        switch self {
        case .count(let wanted): String(wanted)
        case .sum(_, let wanted): wanted.text
        case .distinct(_, let wanted): String(wanted)
        case .streak(let days): String(days)
        case .threshold: "1"
        }
    }
}

extension AchievementRule.Node {
    /// How many conditions it takes at the least.
    fileprivate var wanted: Int {
        switch self {
        case .condition: 1
        case .all(let nodes): nodes.reduce(0) { $0 + $1.wanted }
        case .any(let nodes): nodes.map(\.wanted).min() ?? 0
        }
    }
}
