import ClientProtocol
import JSON

/// Everybody's own channel, `me`: who is connected under each name, and the last pushes of those who got any.
///
/// A person who is connected and was never told anything costs one entry, without a topic or a subscription: pushes go
/// to each of their connections by itself.
struct PersonalChannels {
    /// A connection, and the offset of the last push before it came: later ones it got as they arose.
    private struct Listener {
        let handle: SubscriberHandle
        let head: Int64
    }

    private let hub: Hub
    private let settings: TopicSettings
    private var listeners: [String: ShortList<Listener>] = [:]
    private var topics: [String: Topic] = [:]

    init(_ hub: Hub, _ settings: TopicSettings) {
        self.hub = hub
        self.settings = settings
    }

    /// How many people have a channel with a position.
    var topicCount: Int { topics.count }

    func isConnected(_ user: String) -> Bool { listeners[user] != nil }

    mutating func attach(_ handle: SubscriberHandle, user: String) {
        let listener = Listener(handle: handle, head: topics[user]?.head ?? 0)
        listeners[user, default: ShortList()].append(listener)
    }

    mutating func detach(_ handle: SubscriberHandle, user: String, at now: Int64) {
        listeners[user]?.remove { $0.handle == handle }
        guard listeners[user]?.isEmpty == true else { return }
        listeners[user] = nil
        topics[user]?.idleSince = now
    }

    /// The channel's position and, where a client tells its own, what it has missed.
    ///
    /// - Returns: The frames that follow the snapshot. What came since the connection began is not among them: the
    ///   connection has it.
    mutating func writeSnapshot(
        of user: String, for handle: SubscriberHandle, since: StreamPosition?, to writer: inout JSONWriter,
        _ counters: inout TopicCounters
    ) -> [SharedFrame] {
        let topic = find(user)
        let listener = listeners[user]?.first { $0.handle == handle }
        let (first, recovered) = topic.missed(since: since, upTo: listener?.head ?? topic.head, &counters)
        topic.writeSnapshot(to: &writer, recovered: recovered)
        return first
    }

    /// Pushes to all of a person's connections.
    mutating func notify(
        _ user: String, _ type: String, _ members: [UInt8], at now: Int64, _ counters: inout TopicCounters
    ) {
        // Nobody of theirs here, and nobody was: nothing to keep it for.
        guard listeners[user] != nil || topics[user] != nil else { return }
        let topic = find(user)
        let frame = topic.push(type, members)
        counters.ringBytes += topic.append(frame, at: now)
        guard let held = listeners[user] else { return }
        for listener in held { hub.send(frame, to: listener.handle) }
    }

    private mutating func find(_ user: String) -> Topic {
        if let topic = topics[user] { return topic }
        let topic = Topic(name: "me", settings: settings, shards: 0)
        topics[user] = topic
        return topic
    }

    /// Forgets all that a person was pushed. The position stays: a connection that is still closing knows it.
    ///
    /// - Returns: How many bytes their ring held.
    mutating func erase(_ user: String) -> Int {
        guard let topic = topics[user] else { return 0 }
        defer { topic.ring.removeAll() }
        return topic.ring.bytes
    }

    /// Forgets the channels of people who are away since before a moment.
    ///
    /// - Returns: How many bytes their rings held.
    mutating func forget(idleSince deadline: Int64) -> Int {
        var bytes = 0
        for (user, topic) in topics where listeners[user] == nil && topic.idleSince < deadline {
            topics[user] = nil
            bytes += topic.ring.bytes
        }
        return bytes
    }
}
