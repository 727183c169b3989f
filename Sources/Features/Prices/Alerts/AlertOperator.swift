/// How an alert compares what it watches with its value.
public enum AlertOperator: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// `>=`
    case atLeast
    /// `<=`
    case atMost
    /// `>`
    case above
    /// `<`
    case below
    /// `crosses`: from strictly below to at or above, or from strictly above to at or below.
    case crosses

    /// An operator by its sign on the wire, or nil.
    public init?(_ sign: String) {
        guard let found = AlertOperator.allCases.first(where: { $0.sign == sign }) else { return nil }
        self = found
    }

    /// The sign on the wire.
    public var sign: String {
        switch self {
        case .atLeast: ">="
        case .atMost: "<="
        case .above: ">"
        case .below: "<"
        case .crosses: "crosses"
        }
    }

    /// The thresholds, in units, of the conditions that a step of the value makes true.
    ///
    /// Values are whole numbers of units, so every case is a half-open range: what lies at or below 5 lies below 6.
    ///
    /// - Parameters:
    ///   - previous: The value before, or nil when there was none: then all that is true becomes true.
    ///   - current: The value now.
    /// - Returns: Nil where no condition of this operator becomes true.
    func thresholdsMet(from previous: Int128?, to current: Int128) -> Range<Int128>? {
        let (from, to): (Int128, Int128)
        switch self {
        case .atLeast: (from, to) = (previous.map { $0 + 1 } ?? .min, current + 1)
        case .above: (from, to) = (previous ?? .min, current)
        case .atMost: (from, to) = (current, previous ?? .max)
        case .below: (from, to) = (current + 1, previous.map { $0 + 1 } ?? .max)
        case .crosses:
            guard let previous else { return nil }
            (from, to) = previous < current ? (previous + 1, current + 1) : (current, previous)
        }
        return from < to ? from..<to : nil
    }

    /// Whether a value fulfils the condition; never for `crosses`, which is a moment and not a state.
    func holds(_ value: Int128, _ threshold: Int128) -> Bool {
        switch self {
        case .atLeast: value >= threshold
        case .atMost: value <= threshold
        case .above: value > threshold
        case .below: value < threshold
        case .crosses: false
        }
    }
}
