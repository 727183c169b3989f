import Bytes
import Decimals

/// An alert within the index: 64 bytes.
struct AlertRecord: BitwiseCopyable {
    struct Flags: OptionSet, BitwiseCopyable {
        let rawValue: UInt8
        static let repeats = Flags(rawValue: 1)
        /// Armed although its condition was true at the subject's last value: it came in since.
        static let isFresh = Flags(rawValue: 2)
        /// Not armed although its condition was false at the last value, or there is none: it was loaded so.
        static let isHeld = Flags(rawValue: 4)
        /// Stands in the subject's ``DueQueue``.
        static let isQueued = Flags(rawValue: 8)
    }

    /// In units of a decimal.
    let threshold: Int128
    let id: AlertID
    var lastTriggered: Int64
    let cooldown: Int64
    let subject: UInt32
    var triggerCount: UInt32
    /// Tells an alert from the one that had the slot before it.
    var generation: UInt32
    let comparison: AlertOperator
    var flags: Flags

    /// Of an alert that has not fired yet.
    static let never = Int64.min

    init(_ alert: Alert, subject: UInt32, generation: UInt32) {
        threshold = alert.condition.value.units
        id = alert.id
        lastTriggered = alert.state.lastTriggered?.milliseconds ?? AlertRecord.never
        cooldown = alert.cooldown
        self.subject = subject
        triggerCount = alert.state.triggerCount
        self.generation = generation
        comparison = alert.condition.comparison
        flags = alert.repeatsWhileTrue && comparison != .crosses ? .repeats : []
    }

    /// The first moment at which it may fire again.
    var due: Int64 {
        guard lastTriggered != AlertRecord.never else { return .min }
        let (due, isBeyond) = lastTriggered.addingReportingOverflow(cooldown)
        return isBeyond ? .max : due
    }

    /// Whether the value fulfils its condition.
    func holds(_ value: Int128) -> Bool { comparison.holds(value, threshold) }

    var key: ThresholdKey { ThresholdKey(ThresholdKey.group(subject, comparison), threshold) }
}
