/// Bounds of notifications.
public struct NotificationSettings: Sendable {
    /// How many a person has at most; the oldest go.
    public var limit = 1000
    /// How long they are kept, in days; 0 for as long as there is room.
    public var retentionDays = 90

    /// The defaults.
    public init() {}
}
