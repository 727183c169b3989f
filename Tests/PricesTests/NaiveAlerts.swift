import Bytes
import Decimals
import Prices

/// Evaluates alerts as the rules read, one by one: what the index must equal.
struct NaiveAlerts {
    private struct Entry {
        let alert: Alert
        var wasTrue: Bool
        var lastTriggered: Int64?
        var triggerCount: UInt32
    }

    private var entries: [AlertID: Entry] = [:]
    private(set) var lastValues: [AlertSubject: ExactDecimal] = [:]

    var ids: [AlertID] { Array(entries.keys) }

    mutating func insert(_ alert: Alert) {
        guard entries[alert.id] == nil else { return }
        entries[alert.id] = Entry(
            alert: alert, wasTrue: !alert.state.isArmed,
            lastTriggered: alert.state.lastTriggered?.milliseconds, triggerCount: alert.state.triggerCount)
    }

    mutating func remove(_ id: AlertID) { entries[id] = nil }

    func alert(_ id: AlertID) -> Alert? {
        entries[id].map { entry in
            var alert = entry.alert
            alert.state = AlertState(
                isArmed: alert.condition.comparison == .crosses || !entry.wasTrue,
                lastTriggered: entry.lastTriggered.map { Timestamp(milliseconds: $0) },
                triggerCount: entry.triggerCount)
            return alert
        }
    }

    mutating func evaluate(_ subject: AlertSubject, _ value: ExactDecimal, at: Int64) -> [AlertID: UInt32] {
        let previous = lastValues.updateValue(value, forKey: subject)
        var fired: [AlertID: UInt32] = [:]
        for (id, var entry) in entries where entry.alert.subject == subject {
            let isTrue = NaiveAlerts.isTrue(entry.alert.condition, previous, value)
            let repeats = entry.alert.repeatsWhileTrue && entry.alert.condition.comparison != .crosses
            let isDue = entry.lastTriggered.map { at - $0 >= entry.alert.cooldown } ?? true
            if isTrue, !entry.wasTrue || repeats, isDue {
                entry.lastTriggered = at
                entry.triggerCount += 1
                fired[id] = entry.triggerCount
            }
            entry.wasTrue = isTrue && entry.alert.condition.comparison != .crosses
            entries[id] = entry
        }
        return fired
    }

    private static func isTrue(
        _ condition: AlertCondition, _ previous: ExactDecimal?, _ value: ExactDecimal
    ) -> Bool {
        switch condition.comparison {
        case .atLeast: return value >= condition.value
        case .atMost: return value <= condition.value
        case .above: return value > condition.value
        case .below: return value < condition.value
        case .crosses:
            guard let previous else { return false }
            return previous < condition.value && value >= condition.value
                || previous > condition.value && value <= condition.value
        }
    }
}
