import Bytes
import ClientProtocol
import JSON
public import Reactor
public import WebSocket

/// The home of all ephemeral channels of this process: topics and everybody's own channel.
///
/// It lives on one loop. Its work for a publication is a position, a ring and one encoding; the fan-out is the
/// shards', each on its own loop.
public final class TopicBroker: TimerTarget {
    private let loop: EventLoop
    private let hub: Hub
    private let settings: TopicSettings
    private let deflater: Deflater?
    private var topics: [String: Topic] = [:]
    /// What each subscriber has, for when it goes: keys of topics, and patterns.
    private var subscribers: [SubscriberHandle: Subscribed] = [:]
    private var sweep = TimerID.none

    private struct Subscribed {
        var isDeflating: Bool
        var keys: Set<String> = []
        var patterns: [(text: String, pattern: ChannelPattern)] = []
    }

    /// Often enough that a short ``TopicSettings/idleMilliseconds`` means what it says.
    private var sweepMilliseconds: Int64 { min(30_000, settings.idleMilliseconds) }

    /// A broker on its loop's thread, which reads `mailbox` from now on.
    public init(
        _ loop: EventLoop, _ mailbox: Mailbox<TopicMail>, hub: Hub, settings: TopicSettings,
        deflater: Deflater?
    ) {
        self.loop = loop
        self.hub = hub
        self.settings = settings
        self.deflater = deflater
        loop.attach(mailbox) { [unowned self] mail in for letter in mail { receive(letter) } }
        sweep = loop.startTimer(after: sweepMilliseconds, kind: 0, target: self)
    }

    private func receive(_ letter: TopicMail) {
        switch letter {
        case .subscribe(let request): subscribe(request)
        case .unsubscribe(let handle, let channels, let id): unsubscribe(handle, channels, id)
        case .publish(let publication): publish(publication)
        case .attachPersonal(let handle, let user, let isDeflating): attach(handle, user: user, isDeflating)
        case .notify(let user, let type, let members): notify(user, type, members)
        case .online(let users, let answer):
            answer(users.filter { topics[TopicBroker.key("me", user: $0)]?.audience.isEmpty == false })
        case .gone(let handle): gone(handle)
        }
    }

    private static func key(_ name: String, user: String) -> String { name == "me" ? "user:\(user)" : name }

    // MARK: Subscribing

    private func subscribe(_ request: TopicSubscription) {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.field("type", "snapshot")
        if let id = request.id { writer.field("id", id) }
        writer.key("channels")
        writer.beginObject()
        var joined: [(topic: Topic, first: [SharedFrame])] = []
        var written: Set<String> = []
        for name in request.channels {
            // A topic that is named and covered by a pattern too has one entry: no JSON object has a name twice.
            for topic in topicsCovered(by: name, user: request.user)
            where written.insert(topic.key).inserted {
                let (first, recovered) = missed(topic, since: request.since[topic.name])
                topic.writeSnapshot(to: &writer, recovered: recovered)
                joined.append((topic, first))
            }
            if ChannelPattern.isPattern(name) { addPattern(name, request) }
        }
        writer.endObject()
        writer.endObject()
        hub.send(SharedFrame(writer.span), to: request.handle)
        for (topic, first) in joined { add(topic, request.handle, request.isDeflating, first: first) }
    }

    private func topicsCovered(by name: String, user: String) -> [Topic] {
        if ChannelPattern.isPattern(name) {
            let pattern = ChannelPattern(name)
            return topics.values.filter { pattern.covers($0.name) && $0.key == $0.name }.sorted {
                $0.name < $1.name
            }
        }
        let topic = find(TopicBroker.key(name, user: user), name: name)
        return topic.map { [$0] } ?? []
    }

    private func find(_ key: String, name: String) -> Topic? {
        if let topic = topics[key] { return topic }
        guard topics.count < settings.channels else { return nil }
        let topic = Topic(key: key, name: name, settings: settings, shards: hub.shardCount)
        topic.idleSince = loop.now
        topics[key] = topic
        announce(topic)
        return topic
    }

    /// Brings a new topic to those whose patterns cover it.
    private func announce(_ topic: Topic) {
        guard topic.key == topic.name else { return }
        for (handle, subscribed) in subscribers
        where subscribed.patterns.contains(where: { $0.pattern.covers(topic.name) }) {
            var writer = JSONWriter(capacity: 128)
            writer.beginObject()
            writer.field("type", "snapshot")
            writer.key("channels")
            writer.beginObject()
            topic.writeSnapshot(to: &writer, recovered: false)
            writer.endObject()
            writer.endObject()
            add(topic, handle, subscribed.isDeflating, first: [SharedFrame(writer.span)])
        }
    }

    private func addPattern(_ text: String, _ request: TopicSubscription) {
        var subscribed = subscribers[request.handle] ?? Subscribed(isDeflating: request.isDeflating)
        if !subscribed.patterns.contains(where: { $0.text == text }) {
            subscribed.patterns.append((text, ChannelPattern(text)))
        }
        subscribers[request.handle] = subscribed
    }

    /// What a client has missed since a position, or the gap in its place.
    private func missed(_ topic: Topic, since: StreamPosition?) -> (first: [SharedFrame], recovered: Bool) {
        guard let since else { return ([], false) }
        guard since.epoch == topic.epoch, since.offset <= topic.head else {
            return ([topic.gap(after: since.offset, reason: "epoch")], false)
        }
        guard let frames = topic.ring.after(since.offset) else {
            return ([topic.gap(after: since.offset, reason: "limit")], false)
        }
        return (Array(frames), true)
    }

    private func add(_ topic: Topic, _ handle: SubscriberHandle, _ isDeflating: Bool, first: [SharedFrame]) {
        var subscribed = subscribers[handle] ?? Subscribed(isDeflating: isDeflating)
        if subscribed.keys.insert(topic.key).inserted { topic.audience.add(handle, isDeflating: isDeflating) }
        subscribers[handle] = subscribed
        hub.post(.subscribe(handle, channel: topic.key, first: first), to: handle)
    }

    private func attach(_ handle: SubscriberHandle, user: String, _ isDeflating: Bool) {
        guard let topic = find(TopicBroker.key("me", user: user), name: "me") else { return }
        add(topic, handle, isDeflating, first: [])
    }

    // MARK: Leaving

    private func unsubscribe(_ handle: SubscriberHandle, _ channels: [String], _ id: String?) {
        let patterns = channels.filter(ChannelPattern.isPattern)
        for text in patterns { subscribers[handle]?.patterns.removeAll { $0.text == text } }
        let keys = subscribers[handle]?.keys ?? []
        let left = keys.filter { key in
            // A person's own channel stays: nobody subscribed it by a name.
            topics[key]?.name == key
                && (channels.contains(key) || patterns.contains { ChannelPattern($0).covers(key) })
        }
        for key in left {
            subscribers[handle]?.keys.remove(key)
            if let topic = topics[key] { leave(topic, handle) }
            hub.post(.unsubscribe(handle, channel: key, last: nil, cause: .requested), to: handle)
        }
        var writer = JSONWriter(capacity: 64)
        writer.beginObject()
        writer.field("type", "ack")
        if let id { writer.field("id", id) }
        writer.endObject()
        ReplyTarget.socket(handle, id: id).answer(writer.finish(), over: hub)
    }

    private func leave(_ topic: Topic, _ handle: SubscriberHandle) {
        topic.audience.remove(handle, isDeflating: subscribers[handle]?.isDeflating ?? false)
        if topic.audience.isEmpty { topic.idleSince = loop.now }
    }

    private func gone(_ handle: SubscriberHandle) {
        guard let subscribed = subscribers[handle] else { return }
        for key in subscribed.keys { if let topic = topics[key] { leave(topic, handle) } }
        subscribers[handle] = nil
    }

    // MARK: Publishing

    private func publish(_ publication: TopicPublication) {
        guard let topic = find(publication.channel, name: publication.channel) else {
            let error = ClientError(.tooManyChannels, "There are too many channels.", field: "channel")
            return publication.reply.refuse(error, over: hub)
        }
        if let clientID = publication.clientID,
            let offset = topic.offset(publisher: publication.publisher, clientID: clientID)
        {
            return acknowledge(publication, topic, offset: offset, isDuplicate: true)
        }
        let now = Timestamp.now()
        let frame = topic.publication(
            publication.data.span, at: now, deflater: topic.audience.wantsDeflated ? deflater : nil)
        topic.last = (publication.data, now)
        push(frame, on: topic)
        if let clientID = publication.clientID {
            topic.remember(publisher: publication.publisher, clientID: clientID, offset: topic.head)
        }
        acknowledge(publication, topic, offset: topic.head, isDuplicate: false)
    }

    private func push(_ frame: SharedFrame, on topic: Topic) {
        topic.ring.append(frame)
        topic.idleSince = loop.now
        topic.audience.broadcast(frame, to: topic.key, over: hub)
    }

    private func acknowledge(
        _ publication: TopicPublication, _ topic: Topic, offset: Int64, isDuplicate: Bool
    ) {
        if case .socket(_, nil) = publication.reply { return }
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.field("type", "ack")
        if let id = publication.reply.id { writer.field("id", id) }
        writer.field("channel", topic.name)
        writer.field("epoch", topic.epoch)
        writer.field("offset", offset)
        if isDuplicate { writer.field("duplicate", true) }
        writer.endObject()
        publication.reply.answer(writer.finish(), over: hub)
    }

    private func notify(_ user: String, _ type: String, _ members: [UInt8]) {
        // Nobody of theirs here, and nobody was: nothing to keep it for.
        guard let topic = topics[TopicBroker.key("me", user: user)] else { return }
        var writer = JSONWriter(capacity: members.count + 64)
        writer.beginObject()
        writer.field("type", type)
        writer.field("channel", "me")
        writer.field("offset", topic.head + 1)
        writer.members(members.span)
        writer.endObject()
        push(SharedFrame(writer.span), on: topic)
    }

    // MARK: Forgetting

    /// The sweep for channels that nobody uses.
    public func timerFired(kind: UInt8) {
        sweep = loop.startTimer(after: sweepMilliseconds, kind: 0, target: self)
        let deadline = loop.now - settings.idleMilliseconds
        for topic in topics.values where topic.audience.isEmpty && topic.idleSince < deadline {
            topics[topic.key] = nil
        }
    }
}
