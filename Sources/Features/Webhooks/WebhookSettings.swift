/// Bounds and times of deliveries.
public struct WebhookSettings: Sendable {
    /// Events that wait; beyond that new ones are lost, and counted.
    public var waiting = 10_000
    /// Events of one delivery.
    public var batch = 100
    /// How often one is tried before its events are lost.
    public var attempts = 12
    /// How long is waited after the first try that failed, in milliseconds; twice as long after each further one.
    public var pauseMilliseconds: Int64 = 500

    /// The longest pause, in milliseconds.
    static let longestPause: Int64 = 60_000
    /// The longest pause once the server is stopping.
    static let lastPause: Int64 = 200

    /// The defaults.
    public init() {}

    /// How long is waited after a try that failed.
    ///
    /// A part of it is by chance, so that processes that failed together do not come back together.
    func pause(after attempt: Int, asked: Int64?) -> Int64 {
        let doublings = min(max(attempt - 1, 0), 16)
        let longest = min(pauseMilliseconds << Int64(doublings), WebhookSettings.longestPause)
        let own = Int64.random(in: (longest / 2)...longest)
        return max(own, min(asked ?? 0, WebhookSettings.longestPause))
    }
}
