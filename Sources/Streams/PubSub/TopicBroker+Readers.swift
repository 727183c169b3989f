import ClientProtocol
import JSON

// Channels that are not for everybody: who may read them is asked when somebody subscribes, and taken away at once.
extension TopicBroker {
    /// Whether somebody may read a channel; of most kinds that was judged before.
    func mayRead(_ channel: String, _ user: String) -> Bool {
        guard !readerGuards.isEmpty, let kind = StreamKind(channel), let allows = readerGuards[kind] else {
            return true
        }
        return allows(channel, user)
    }

    /// Ends the subscriptions of people who may not read a channel any more, and tells them.
    func revoke(_ channel: String, _ users: Set<String>) {
        guard let topic = topics[channel] else { return }
        var error = ClientError(.forbidden, "You may not read this channel any more.", field: "channels")
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.field("channel", channel)
        writer.endObject()
        error.details = writer.text()
        for (handle, subscribed) in subscribers
        where users.contains(subscribed.user) && subscribed.names.contains(channel) {
            subscribers[handle]?.names.remove(channel)
            leave(topic, handle)
            hub.post(.unsubscribe(handle, channel: channel, last: nil, cause: .requested), to: handle)
            ReplyTarget.socket(handle, id: nil).refuse(error, over: hub)
        }
    }
}
