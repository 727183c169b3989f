/// What a shard has done since the start.
public struct HubCounters: Sendable {
    /// Frames published to a channel with subscribers here.
    public var publications = DeliveryCounts()
    /// Frames times subscribers.
    public var deliveries = DeliveryCounts()
    /// Frames for one subscriber alone: replies, pings, what a joining client gets first.
    public var replies = 0
    /// Droppable frames left out for readers that lagged.
    public var droppedHints = 0
    /// Presence frames left out for readers that lagged, each replaced later by one of the newest state.
    public var heldPresence = 0
    /// Values that a newer one replaced before their reader was given them: it lagged, or wanted fewer messages.
    public var replacedValues = 0
    /// Connections closed as slow.
    public var slowCloses = 0
}
