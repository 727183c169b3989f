import Bytes
import Reactor

// Channels of prices and the like: their last values of before, what is told only where somebody listens, and how many
// there may be that somebody has named and nobody has said anything on.
extension TopicBroker {
    /// Whether another topic may begin; counts it where it is one that anybody may name.
    func hasRoom(for name: String, named isNamed: Bool) -> Bool {
        guard topics.count < settings.channels else { return false }
        guard isNamed, StreamKind(name) != .topic else { return true }
        guard bareCount < settings.bareChannels else { return false }
        bareCount += 1
        return true
    }

    /// How long a channel is told on after the last one who listened has gone, in milliseconds at most: whoever comes back
    /// meanwhile, as between two long polls, has missed nothing.
    private static let followedMilliseconds: Int64 = 60_000

    /// Who left before this moment comes back to a channel that was not told on.
    var followedSince: Int64 {
        loop.now - min(TopicBroker.followedMilliseconds, settings.idleMilliseconds)
    }

    func offer(_ channel: String, _ data: [UInt8]) {
        guard let topic = topics[channel], !topic.isOutdated(since: followedSince) else { return }
        receive(
            .publish(
                TopicPublication(channel: channel, data: data, publisher: "", clientID: nil, reply: .none)))
    }

    /// Somebody has begun to listen.
    func tellOpened(_ topic: Topic) {
        for (kind, listener) in openingListeners where kind == topic.format.kind { listener(topic.name) }
    }

    /// Topics of several processes have theirs where the others find it too.
    func seed(_ channel: String, _ data: [UInt8], _ time: Timestamp) {
        guard sharing == nil, let topic = find(channel, named: false), topic.last == nil else { return }
        topic.last = (data, time)
    }
}
