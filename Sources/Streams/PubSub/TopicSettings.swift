/// Bounds of topics.
public struct TopicSettings: Sendable {
    /// A ring of its own for the channels that a pattern covers.
    public struct Ring: Sendable {
        /// Which channels.
        public var pattern: ChannelPattern
        /// Publications kept for recovery.
        public var count: Int

        /// A rule.
        public init(pattern: ChannelPattern, count: Int) {
            self.pattern = pattern
            self.count = count
        }
    }

    /// Publications kept for recovery where no rule says otherwise.
    public var ringCount = 256
    /// Bytes of publications kept for recovery in one channel.
    public var ringBytes = 1 << 20
    /// Rules by pattern; the first that covers a channel counts.
    public var rings: [Ring] = []
    /// Channels that may exist at a time.
    public var channels = 100_000
    /// How long a channel without subscribers and publications is kept, in milliseconds.
    public var idleMilliseconds: Int64 = 600_000

    /// The defaults.
    public init() {}

    /// Channels of prices and the like on which nothing was ever said: anybody may name them, so that they are not to keep
    /// others out.
    var bareChannels: Int { max(1, channels / 10) }

    func bounds(for channel: String) -> TopicBounds {
        TopicBounds(
            ringCount: ringCount(for: channel), ringBytes: ringBytes, channels: channels,
            idleMilliseconds: idleMilliseconds)
    }

    func ringCount(for channel: String) -> Int {
        rings.first { $0.pattern.covers(channel) }?.count ?? ringCount
    }
}
