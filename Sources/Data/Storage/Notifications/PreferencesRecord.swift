/// What a person wants of notifications, and where they live.
public struct PreferencesRecord: Sendable, Hashable {
    /// Hours in which nothing rings, by local clocks.
    public struct QuietHours: Sendable, Hashable {
        /// The minute of the day at which they begin.
        public let from: Int
        /// The minute of the day at which they are over; where it is before the beginning, of the next day.
        public let to: Int

        /// Hours from one minute of the day to another.
        public init(from: Int, to: Int) {
            self.from = from
            self.to = to
        }

        /// Whether a minute of the day is among them.
        public func contains(_ minute: Int) -> Bool {
            from < to ? (from..<to).contains(minute) : minute >= from || minute < to
        }
    }

    /// The name of their time zone, as `Europe/Berlin`.
    public var timeZone = "UTC"
    /// When nothing rings; nil for never.
    public var quietHours: QuietHours?
    /// Kinds of notifications that never ring.
    public var muted: [String] = []

    /// What holds for who never said anything.
    public init() {}
}
