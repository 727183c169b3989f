import Bytes
import Decimals
import JSON

/// How far one person is with one rule; taken event by event, and the same as if all of them were looked at anew.
///
/// Its size has a bound whatever happens: a window is kept in hundredths, of different values there are fewer than are
/// wanted, and a condition that is met keeps nothing.
///
/// Events count in the order in which they arrive. A window ends at the latest moment of those that have; one that is
/// told so late that it lies before the window does not count.
public struct RuleProgress: Hashable, Sendable {
    /// What is kept of a condition.
    enum State: Hashable, Sendable {
        /// Nothing has happened.
        case empty
        case met
        /// A sum over all time: events, or units of a decimal.
        case total(Int128)
        /// Sums of the window's steps, by the step, oldest first.
        case steps([Step])
        /// The last step in which each value was seen.
        case values([String: Int64])
        case streak(DailyStreak)
    }

    /// What happened in a hundredth of a window.
    struct Step: Hashable, Sendable {
        let number: Int64
        var value: Int128
    }

    var states: [State]

    /// Before the first event.
    public init(of rule: AchievementRule) {
        states = Array(repeating: .empty, count: rule.conditions.count)
    }

    /// Takes an event.
    ///
    /// - Returns: Whether anything that is to be kept has changed.
    public mutating func take(_ event: ProgressEvent, _ rule: AchievementRule) -> Bool {
        var hasChanged = false
        for (index, condition) in rule.conditions.enumerated()
        where states[index] != .met && condition.filter.accepts(event) {
            let state = condition.state(states[index], after: event)
            guard state != states[index] else { continue }
            states[index] = state
            hasChanged = true
        }
        return hasChanged
    }

    /// Whether the rule is met.
    public func isMet(_ rule: AchievementRule) -> Bool { rule.root.isMet { states[$0] == .met } }
}

extension RuleCondition {
    /// What is kept after a further event, which the filter lets through.
    fileprivate func state(_ state: RuleProgress.State, after event: ProgressEvent) -> RuleProgress.State {
        switch measure {
        case .count(let wanted): return sum(state, 1, event, wanted: Int128(wanted))
        case .sum(let field, let wanted):
            guard let number = event.value(field).flatMap({ try? ExactDecimal($0) }) else { return state }
            return sum(state, number.units, event, wanted: wanted.units)
        case .distinct(let field, let wanted):
            guard let value = event.value(field).flatMap(RuleCondition.name) else { return state }
            return distinct(state, value, event, wanted: wanted)
        case .streak(let days):
            var streak = DailyStreak()
            if case .streak(let before) = state { streak = before }
            streak.count(event.at, day: event.day)
            return streak.days >= days ? .met : .streak(streak)
        case .threshold(let field, let from, let through):
            let test = EventFilter.Test.within(from: from, through: through)
            return event.value(field).map(test.accepts) == true ? .met : state
        }
    }

    private func sum(
        _ state: RuleProgress.State, _ value: Int128, _ event: ProgressEvent, wanted: Int128
    ) -> RuleProgress.State {
        guard window != nil else {
            var total: Int128 = 0
            if case .total(let before) = state { total = before }
            total = total.addingClamped(value)
            return total >= wanted ? .met : .total(total)
        }
        var steps: [RuleProgress.Step] = []
        if case .steps(let before) = state { steps = before }
        let step = step(event.at.milliseconds)
        let index = steps.firstIndex { $0.number >= step } ?? steps.count
        if index < steps.count, steps[index].number == step {
            steps[index].value = steps[index].value.addingClamped(value)
        } else {
            steps.insert(RuleProgress.Step(number: step, value: value), at: index)
        }
        let newest = steps[steps.count - 1].number
        steps.removeAll { $0.number <= newest - AchievementRule.windowSteps }
        let total = steps.reduce(Int128(0)) { $0.addingClamped($1.value) }
        return total >= wanted ? .met : .steps(steps)
    }

    private func distinct(
        _ state: RuleProgress.State, _ value: String, _ event: ProgressEvent, wanted: Int
    ) -> RuleProgress.State {
        var values: [String: Int64] = [:]
        if case .values(let before) = state { values = before }
        let step = step(event.at.milliseconds)
        values[value] = max(step, values[value] ?? step)
        if window != nil {
            let newest = values.values.max() ?? step
            values = values.filter { $0.value > newest - AchievementRule.windowSteps }
        }
        return values.count >= wanted ? .met : .values(values)
    }

    /// What tells a value from others.
    private static func name(_ value: JSONValue) -> String? {
        switch EventFilter.Literal(value) {
        case .text(let text): text.utf8.count <= 64 ? "t" + text : nil
        case .number(let number): "n" + number.text
        case .truth(let truth): truth ? "true" : "false"
        case nil: nil
        }
    }
}

extension Int128 {
    /// The sum, or the number next to it that there is.
    func addingClamped(_ other: Int128) -> Int128 {
        let (sum, overflows) = addingReportingOverflow(other)
        guard overflows else { return sum }
        return other > 0 ? .max : .min
    }
}
