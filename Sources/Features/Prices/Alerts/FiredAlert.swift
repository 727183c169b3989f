/// An alert that a tick has fired.
public struct FiredAlert: Hashable, Sendable {
    /// Which.
    public let id: AlertID
    /// How often it has fired, this time included.
    public let triggerCount: UInt32
}
