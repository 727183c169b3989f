import Reactor

/// Who gets a channel's publications, as the channel's home counts them: how many subscribers each shard has.
///
/// The home alone adds and removes, in the same order in which it posts to the shards; so no table is shared and no
/// publication misses a subscriber that was promised it.
public struct Audience {
    private var counts: [UInt32]
    private var deflating: UInt32 = 0

    /// Nobody.
    public init(shards: Int) { counts = [UInt32](repeating: 0, count: shards) }

    /// Whether somebody listens.
    public var isEmpty: Bool { counts.allSatisfy { $0 == 0 } }
    /// Whether somebody listens with compression.
    public var wantsDeflated: Bool { deflating > 0 }
    /// How many listen.
    public var count: Int { counts.reduce(0) { $0 + Int($1) } }

    /// Counts a subscriber in.
    public mutating func add(_ handle: SubscriberHandle, isDeflating: Bool) {
        counts[Int(handle.shard)] += 1
        if isDeflating { deflating += 1 }
    }

    /// Counts a subscriber out.
    public mutating func remove(_ handle: SubscriberHandle, isDeflating: Bool) {
        counts[Int(handle.shard)] -= 1
        if isDeflating { deflating -= 1 }
    }

    /// The shards that have subscribers.
    public var shards: [Int] { counts.indices.filter { counts[$0] > 0 } }

    /// Posts a publication to every shard that has subscribers.
    public func broadcast(_ frame: SharedFrame, to channel: String, over hub: Hub) {
        for (shard, count) in counts.enumerated() where count > 0 {
            hub.post(.broadcast(channel: channel, frame), toShard: shard)
        }
    }
}
