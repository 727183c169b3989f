import JSON
import Reactor

// Those who do not want to hear of channels any more.
extension TopicBroker {
    func unsubscribe(_ handle: SubscriberHandle, _ channels: [String], _ id: String?) {
        let patterns = channels.filter(ChannelPattern.isPattern)
        for text in patterns { subscribers[handle]?.patterns.removeAll { $0.text == text } }
        let listed = forgetLists(channels, handle)
        let left = (subscribers[handle]?.names ?? []).filter { name in
            channels.contains(name) || patterns.contains { ChannelPattern($0).covers(name) }
        }
        for name in left {
            subscribers[handle]?.names.remove(name)
            if let topic = topics[name] { leave(topic, handle) }
            hub.post(.unsubscribe(handle, channel: name, last: nil, cause: .requested), to: handle)
        }
        for name in listed { drop(name, handle) }
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        writer.field("type", "ack")
        if let id { writer.field("id", id) }
        writer.endObject()
        ReplyTarget.socket(handle, id: id).answer(writer.finish(), over: hub)
    }

    func leave(_ topic: Topic, _ handle: SubscriberHandle) {
        topic.audience.remove(handle, isDeflating: subscribers[handle]?.isDeflating ?? false)
        guard topic.audience.isEmpty else { return }
        topic.idleSince = loop.now
        topic.leftAt = loop.now
        // Who has named what does not exist leaves nothing behind.
        if topic.isBare, sharing == nil {
            forget(topic)
            bareCount -= 1
        }
    }

    /// A connection is at its end.
    func gone(_ handle: SubscriberHandle) {
        sharing?.openings[handle] = nil
        guard let subscribed = subscribers[handle] else { return }
        for name in subscribed.names { if let topic = topics[name] { leave(topic, handle) } }
        subscribers[handle] = nil
    }
}
