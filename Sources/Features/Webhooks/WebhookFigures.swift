/// Counts of deliveries since the start.
public struct WebhookFigures: Sendable {
    /// Events that wait.
    public var waiting = 0
    /// Events that the service has taken.
    public var delivered = 0
    /// Events lost because too many waited.
    public var dropped = 0
    /// Events lost because the service refused them, or failed too often.
    public var givenUp = 0
    /// Tries that failed.
    public var failures = 0

    /// Nothing yet.
    public init() {}
}
