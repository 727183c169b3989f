/// What the index knows of a subject.
struct WatchedSubject {
    let subject: AlertSubject
    /// The last value in units, once there was one.
    var lastValue: Int128?
    /// Bounds around the last value, between which there is no threshold: steps within change no condition.
    var quiet: (above: Int128, below: Int128)?
    /// How many alerts it has, by operator.
    var counts: InlineArray<5, UInt32> = .init(repeating: 0)
    /// Slots to look at whatever the next value is: see ``AlertRecord/Flags``.
    var pending: [UInt32] = []
    var dueQueue = DueQueue()

    init(_ subject: AlertSubject) { self.subject = subject }

    /// Whether the last value and this one lie between the same two thresholds.
    func isQuiet(at value: Int128) -> Bool {
        quiet.map { $0.above < value && value < $0.below } ?? false
    }

    /// Draws the bounds in for a new threshold.
    mutating func narrow(to threshold: Int128) {
        guard let lastValue, isQuiet(at: threshold) else { return }
        if threshold < lastValue {
            quiet?.above = threshold
        } else if threshold > lastValue {
            quiet?.below = threshold
        } else {
            quiet = nil
        }
    }

    var hasAlerts: Bool {
        for index in 0..<5 where counts[index] > 0 { return true }
        return false
    }
}
