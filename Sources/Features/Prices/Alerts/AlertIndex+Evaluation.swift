public import Bytes
public import Decimals

extension AlertIndex {
    /// Tells the index a subject's new value.
    ///
    /// - Parameters:
    ///   - subject: What has the value.
    ///   - value: The value.
    ///   - at: The moment of it, which cooldowns are measured by.
    ///   - fired: Gets the alerts that fire, each once: by operator and threshold, then those that repeat.
    public mutating func evaluate(
        _ subject: AlertSubject, _ value: ExactDecimal, at: Timestamp, into fired: inout [FiredAlert]
    ) {
        let number = number(of: subject)
        let step = Step(
            subject: number, previous: subjects[Int(number)].lastValue, current: value.units,
            now: at.milliseconds)
        subjects[Int(number)].lastValue = value.units
        // Taken out before anything is put in: what fires now comes back at the next tick at the soonest.
        let due = takeDue(step)
        if !subjects[Int(number)].isQuiet(at: value.units) {
            fireMet(step, &fired)
            findQuiet(step)
        }
        firePending(step, &fired)
        fireDue(due, step, &fired)
    }

    /// One value after another.
    struct Step {
        let subject: UInt32
        let previous: Int128?
        let current: Int128
        let now: Int64
    }

    private mutating func takeDue(_ step: Step) -> [DueQueue.Entry] {
        var due: [DueQueue.Entry] = []
        while let entry = subjects[Int(step.subject)].dueQueue.pop(now: step.now) { due.append(entry) }
        return due
    }

    /// Those whose conditions became true by the step.
    private mutating func fireMet(_ step: Step, _ fired: inout [FiredAlert]) {
        var met: [UInt32] = []
        for comparison in AlertOperator.allCases
        where subjects[Int(step.subject)].counts[Int(comparison.rawValue)] > 0 {
            guard let thresholds = comparison.thresholdsMet(from: step.previous, to: step.current) else {
                continue
            }
            order.collect(ThresholdKey.group(step.subject, comparison), thresholds, in: slab, into: &met)
        }
        for slot in met where slab[slot].flags.isDisjoint(with: [.isFresh, .isHeld]) {
            fire(slot, step, &fired)
        }
    }

    /// Finds the thresholds next to the value.
    private mutating func findQuiet(_ step: Step) {
        var quiet = (above: Int128.min, below: Int128.max)
        for comparison in AlertOperator.allCases
        where subjects[Int(step.subject)].counts[Int(comparison.rawValue)] > 0 {
            let group = ThresholdKey.group(step.subject, comparison)
            let (last, next) = order.neighbours(of: step.current, in: group, slab)
            quiet = (max(quiet.above, last ?? .min), min(quiet.below, next ?? .max))
        }
        // A value on a threshold is at the end of two such stretches and within none.
        subjects[Int(step.subject)].quiet = step.current < quiet.below ? quiet : nil
    }

    /// Those that came in since the last value.
    private mutating func firePending(_ step: Step, _ fired: inout [FiredAlert]) {
        guard !subjects[Int(step.subject)].pending.isEmpty else { return }
        var pending: [UInt32] = []
        swap(&pending, &subjects[Int(step.subject)].pending)
        for slot in pending {
            let record = slab[slot]
            // Another alert may have the slot by now; its own marks are its own.
            guard record.subject == step.subject, !record.flags.isDisjoint(with: [.isFresh, .isHeld]) else {
                continue
            }
            slab[slot].flags.subtract([.isFresh, .isHeld])
            guard record.holds(step.current) else { continue }
            if record.flags.contains(.isFresh) || record.flags.contains(.repeats) { fire(slot, step, &fired) }
        }
    }

    /// Those that repeat while true and whose cooldown is over.
    private mutating func fireDue(_ due: [DueQueue.Entry], _ step: Step, _ fired: inout [FiredAlert]) {
        for entry in due {
            let record = slab[entry.slot]
            guard record.generation == entry.generation, record.flags.contains(.isQueued) else { continue }
            slab[entry.slot].flags.remove(.isQueued)
            guard record.holds(step.current) else { continue }
            if step.previous.map(record.holds) ?? false {
                fire(entry.slot, step, &fired)
            } else {
                // It became true by this step, and has been dealt with.
                enqueue(entry.slot)
            }
        }
    }

    /// Fires an alert unless its cooldown forbids it.
    private mutating func fire(_ slot: UInt32, _ step: Step, _ fired: inout [FiredAlert]) {
        if slab[slot].due <= step.now {
            slab[slot].lastTriggered = step.now
            if slab[slot].triggerCount < .max { slab[slot].triggerCount += 1 }
            fired.append(FiredAlert(id: slab[slot].id, triggerCount: slab[slot].triggerCount))
        }
        if slab[slot].flags.contains(.repeats) { enqueue(slot) }
    }

    private mutating func enqueue(_ slot: UInt32) {
        guard !slab[slot].flags.contains(.isQueued) else { return }
        slab[slot].flags.insert(.isQueued)
        let record = slab[slot]
        subjects[Int(record.subject)].dueQueue.push(
            DueQueue.Entry(due: record.due, slot: slot, generation: record.generation))
    }
}
