/// Where a condition stands in the order of all: by subject, operator and threshold.
struct ThresholdKey: Comparable, BitwiseCopyable {
    let threshold: Int128
    let group: UInt64

    init(_ group: UInt64, _ threshold: Int128) {
        self.threshold = threshold
        self.group = group
    }

    /// Conditions that a step of a value meets lie in a row within a group.
    static func group(_ subject: UInt32, _ comparison: AlertOperator) -> UInt64 {
        UInt64(subject) << 8 | UInt64(comparison.rawValue)
    }

    static func < (a: ThresholdKey, b: ThresholdKey) -> Bool {
        a.group < b.group || a.group == b.group && a.threshold < b.threshold
    }
}
