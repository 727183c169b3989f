import Bytes
public import Decimals

/// All active alerts, so ordered that a tick looks only at those that it fires.
///
/// The conditions that a step of a value makes true have their thresholds between the old value and the new one, and all
/// others keep their state without being looked at: a condition is armed exactly when it was false at the last value. So
/// nothing is written to re-arm an alert, and a tick costs O(log n + fired); one that stays between the same two thresholds
/// as the last value only compares it with these. Not counted in that: an alert that came in
/// since the last tick, or was loaded in another state, is looked at once at the next tick; and one that repeats while
/// true once each time its cooldown is over.
///
/// Rules (REQUIREMENTS B6): an alert fires when its condition becomes true, or is true at the first value it sees;
/// `crosses` compares with the subject's last value, also of before the alert was made, and fires nothing at the first.
/// Two firings of an alert lie at least its cooldown apart: at its very end it is over.
///
/// What must outlive a restart is each subject's ``lastValue(of:)`` and each alert's ``state(of:)``; the values are to be
/// set before the alerts are loaded. Whoever owns an index is its only user; it has no clock.
public struct AlertIndex {
    var slab = AlertSlab()
    var table = AlertTable()
    var order = ThresholdOrder()
    var subjects: [WatchedSubject] = []
    private var numbers: [AlertSubject: UInt32] = [:]
    private var freeNumbers: [UInt32] = []
    /// Slots of alerts that are being loaded: not in the order yet.
    private var loading: [UInt32] = []

    /// An index of no alerts.
    public init() {}

    /// How many alerts there are.
    public var count: Int { slab.count }

    /// The last value that a subject had, or nil.
    public func lastValue(of subject: AlertSubject) -> ExactDecimal? {
        numbers[subject].flatMap { subjects[Int($0)].lastValue }.flatMap { ExactDecimal(units: $0) }
    }

    /// All subjects that have had a value.
    public var lastValues: [(subject: AlertSubject, value: ExactDecimal)] {
        numbers.compactMap { subject, number in
            subjects[Int(number)].lastValue.flatMap { ExactDecimal(units: $0) }.map { (subject, $0) }
        }
    }

    /// Sets the last value that a subject had before a restart; nothing fires.
    public mutating func restore(_ value: ExactDecimal, of subject: AlertSubject) {
        let number = Int(number(of: subject))
        subjects[number].lastValue = value.units
        subjects[number].quiet = nil
    }

    /// Forgets the last value of a subject that has no alerts any more.
    public mutating func forget(_ subject: AlertSubject) {
        guard let number = numbers[subject], !subjects[Int(number)].hasAlerts else { return }
        numbers[subject] = nil
        subjects[Int(number)] = WatchedSubject(subject)
        freeNumbers.append(number)
    }

    /// Takes an alert in.
    ///
    /// - Returns: False where its id is there already; nothing changes then.
    @discardableResult public mutating func insert(_ alert: Alert) -> Bool {
        guard let slot = add(alert) else { return false }
        order.insert(slot, in: slab)
        return true
    }

    /// Takes many alerts in, sorting once; those whose ids are there already are left out.
    public mutating func load(_ alerts: some Sequence<Alert>) {
        loadPart(alerts)
        endLoad()
    }

    /// Takes in a part of many alerts, which count from ``endLoad()`` on: nothing else is done with the index before that.
    mutating func loadPart(_ alerts: some Sequence<Alert>) {
        table.reserve(alerts.underestimatedCount, in: slab)
        for alert in alerts {
            if let slot = add(alert) { loading.append(slot) }
        }
    }

    /// Puts all that was loaded in order.
    mutating func endLoad() {
        order.load(loading, in: slab)
        loading = []
    }

    /// Takes an alert out.
    ///
    /// - Returns: Its state at the end, or nil where there is no such alert.
    @discardableResult public mutating func remove(_ id: AlertID) -> AlertState? {
        guard let slot = table.slot(of: id, in: slab) else { return nil }
        let state = state(ofSlot: slot)
        let record = slab[slot]
        order.remove(slot, in: slab)
        table.remove(slot, in: slab)
        subjects[Int(record.subject)].counts[Int(record.comparison.rawValue)] -= 1
        slab.remove(slot)
        return state
    }

    /// Where an alert stands, or nil where there is no such alert.
    public func state(of id: AlertID) -> AlertState? {
        table.slot(of: id, in: slab).map(state(ofSlot:))
    }

    private func state(ofSlot slot: UInt32) -> AlertState {
        let record = slab[slot]
        let last = subjects[Int(record.subject)].lastValue
        let isArmed =
            record.flags.contains(.isFresh)
            || !record.flags.contains(.isHeld) && !(last.map(record.holds) ?? false)
        return AlertState(
            isArmed: isArmed,
            lastTriggered: record.lastTriggered == AlertRecord.never
                ? nil : Timestamp(milliseconds: record.lastTriggered),
            triggerCount: record.triggerCount)
    }

    /// What is known of a subject; nil where nothing is.
    func known(_ subject: AlertSubject) -> WatchedSubject? {
        numbers[subject].map { subjects[Int($0)] }
    }

    /// The subject's number, given now if it has none.
    mutating func number(of subject: AlertSubject) -> UInt32 {
        if let number = numbers[subject] { return number }
        let number: UInt32
        if let free = freeNumbers.popLast() {
            number = free
            subjects[Int(number)] = WatchedSubject(subject)
        } else {
            number = UInt32(subjects.count)
            subjects.append(WatchedSubject(subject))
        }
        numbers[subject] = number
        return number
    }

    /// Everything but the place in the order.
    private mutating func add(_ alert: Alert) -> UInt32? {
        guard table.slot(of: alert.id, in: slab) == nil else { return nil }
        let number = number(of: alert.subject)
        let slot = slab.insert(alert, subject: number)
        table.insert(slot, in: slab)
        subjects[Int(number)].counts[Int(alert.condition.comparison.rawValue)] += 1
        subjects[Int(number)].narrow(to: alert.condition.value.units)
        mark(slot, isArmed: alert.state.isArmed)
        return slot
    }

    /// Notes where an alert's state is not the one that the last value implies.
    private mutating func mark(_ slot: UInt32, isArmed: Bool) {
        let record = slab[slot]
        guard record.comparison != .crosses else { return }
        let wasTrue = subjects[Int(record.subject)].lastValue.map(record.holds) ?? false
        if isArmed, wasTrue {
            slab[slot].flags.insert(.isFresh)
        } else if !isArmed, !wasTrue || record.flags.contains(.repeats) {
            slab[slot].flags.insert(.isHeld)
        } else {
            return
        }
        subjects[Int(record.subject)].pending.append(slot)
    }
}
