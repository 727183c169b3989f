public import Bytes

/// What must outlive a restart of an alert, beside the last value of what it watches.
public struct AlertState: Hashable, Sendable {
    /// Whether it fires when its condition is next found true: a new one, or one whose condition was false the last time.
    public var isArmed: Bool
    /// When it fired last.
    public var lastTriggered: Timestamp?
    /// How often it has fired; stops at 2³² − 1.
    public var triggerCount: UInt32

    /// A state; that of a new alert, if nothing else is said.
    public init(isArmed: Bool = true, lastTriggered: Timestamp? = nil, triggerCount: UInt32 = 0) {
        self.isArmed = isArmed
        self.lastTriggered = lastTriggered
        self.triggerCount = triggerCount
    }
}
