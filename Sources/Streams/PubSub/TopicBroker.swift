import Bytes
import ClientProtocol
import JSON
public import Reactor
public import WebSocket

/// The home of all ephemeral channels of this process: topics and, in ``PersonalChannels``, everybody's own.
///
/// It lives on one loop. Its work for a publication is a position, a ring and one encoding; the fan-out is the
/// shards', each on its own loop.
public final class TopicBroker: TimerTarget {
    let loop: EventLoop
    let hub: Hub
    let settings: TopicSettings
    let deflater: Deflater?
    let broker: (any Broker)?
    var topics: [String: Topic] = [:]
    /// What is under way with other processes; nil without a broker.
    let sharing: TopicSharing?
    private var personal: PersonalChannels
    /// What each subscriber of topics has, for when it goes.
    var subscribers: [SubscriberHandle: Subscribed] = [:]
    private var sweep = TimerID.none
    /// How many topics there are of those that anybody may name and nothing was ever said on; those that have begun since
    /// the last sweep are among them.
    var bareCount = 0
    /// Who hears of channels that are listened to from now on.
    var openingListeners: [(kind: StreamKind, listener: @Sendable (String) -> Void)] = []
    /// Who may read channels that are not for everybody.
    var readerGuards: [StreamKind: @Sendable (String, String) -> Bool] = [:]
    var tally = TopicCounters()
    /// What it has done since the start and has at the moment.
    public var counters: TopicCounters {
        var counters = tally
        counters.topics = topics.count
        counters.personal = personal.topicCount
        return counters
    }

    struct Subscribed {
        var isDeflating: Bool
        /// Whose connection it is.
        var user: String
        /// All that it is subscribed to.
        var names: Set<String> = []
        /// Those of them that it asked for by their names.
        var named: Set<String> = []
        var patterns: [Wish] = []
        var lists: [String: WantedList] = [:]

        init(_ request: TopicSubscription) {
            isDeflating = request.isDeflating
            user = request.user
        }
    }

    /// A pattern that a subscriber asked for, and how.
    struct Wish {
        let text: String
        let pattern: ChannelPattern
        let pace: DeliveryPace
    }

    /// Often enough that a short ``TopicSettings/idleMilliseconds`` means what it says.
    private var sweepMilliseconds: Int64 { min(30_000, settings.idleMilliseconds) }

    /// A broker on its loop's thread, which reads `mailbox` from now on.
    public init(
        _ loop: EventLoop, _ mailbox: Mailbox<TopicMail>, hub: Hub, settings: TopicSettings,
        deflater: Deflater?, broker: (any Broker)? = nil
    ) {
        self.loop = loop
        self.hub = hub
        self.settings = settings
        self.deflater = deflater
        self.broker = broker
        sharing = broker.map { TopicSharing($0.topics) }
        personal = PersonalChannels(hub, settings)
        loop.attach(mailbox) { [unowned self] mail in for letter in mail { receive(letter) } }
        sweep = loop.startTimer(after: sweepMilliseconds, kind: 0, target: self)
        broker?.subscribe(to: BrokerChannel(.notifications), self)
        if sharing != nil { beginSharing() }
    }

    func receive(_ letter: TopicMail) {
        switch letter {
        case .subscribe(let request):
            if let sharing { open(request, sharing) } else { subscribe(request) }
        case .unsubscribe(let handle, let channels, let id):
            if sharing?.enqueue(.unsubscribe(channels, id: id), behind: handle) == true { return }
            unsubscribe(handle, channels, id)
        case .publish(let publication):
            if let sharing { publish(publication, sharing) } else { publish(publication) }
        case .keep(let channel, let data, let milliseconds):
            broker?.keep(data, ofTopic: channel, milliseconds: milliseconds)
        case .seed(let channel, let data, let time): seed(channel, data, time)
        case .offer(let channel, let data): offer(channel, data)
        case .hearOpened(let kind, let listener): openingListeners.append((kind, listener))
        case .guardReaders(let kind, let allows): readerGuards[kind] = allows
        case .revoke(let channel, let users): revoke(channel, users)
        case .listened(let channels, let answer):
            answer(channels.filter { topics[$0]?.audience.isEmpty == false })
        case .attachPersonal(let handle, let user): personal.attach(handle, user: user)
        case .notify(let user, let type, let members):
            push(to: user, type, members)
            share(user, type, members)
        case .forgetPersonal(let user): tally.ringBytes -= personal.erase(user)
        case .notifyHere(let user, let type, let members): push(to: user, type, members)
        case .online(let users, let answer): answer(users.filter { personal.isConnected($0) })
        case .gone(let handle, let user):
            personal.detach(handle, user: user, at: loop.now)
            gone(handle)
        }
    }

    /// Pushes to a person's connections at this process.
    func push(to user: String, _ type: String, _ members: [UInt8]) {
        personal.notify(user, type, members, at: loop.now, &tally)
    }

    // MARK: Subscribing

    /// Answers at once, from what is known here.
    func subscribe(_ request: TopicSubscription) {
        learn(request.lists)
        var snapshot = SnapshotWriter(id: request.id)
        var joined: [(topic: Topic, first: [SharedFrame])] = []
        var missedOfMe: [SharedFrame] = []
        var written: Set<String> = []
        for name in request.channels {
            if name == "me", written.insert("me").inserted {
                missedOfMe = snapshot.add { writer in
                    personal.writeSnapshot(
                        of: request.user, for: request.handle, since: request.since["me"], to: &writer, &tally
                    )
                }
                continue
            }
            // A topic that is named and covered by a pattern too has one entry: no JSON object has a name twice.
            for topic in topicsCovered(by: name)
            where mayRead(topic.name, request.user) && written.insert(topic.name).inserted {
                let (first, recovered) = topic.missed(
                    since: request.since[topic.name], upTo: topic.head, &tally)
                snapshot.add { topic.writeSnapshot(to: &$0, recovered: recovered) }
                joined.append((topic, first))
            }
            if ChannelPattern.isPattern(name) { addPattern(name, request) }
            if request.lists[name] != nil { addList(name, request) }
        }
        let frames = snapshot.finish()
        if let reply = frames.first { hub.reply(reply, id: request.id, to: request.handle) }
        for frame in frames.dropFirst() + missedOfMe { hub.send(frame, to: request.handle) }
        for (topic, first) in joined {
            add(topic, request, first: first, pace: request.pace)
        }
        let named = request.channels.filter { !ChannelPattern.isPattern($0) }
        subscribers[request.handle]?.named.formUnion(named)
        for name in request.lists.keys { completeList(name, request.handle) }
    }

    private func topicsCovered(by name: String) -> [Topic] {
        if ChannelPattern.isPattern(name) {
            let pattern = ChannelPattern(name)
            return topics.values.filter { $0.isReady && pattern.covers($0.name) }.sorted { $0.name < $1.name }
        }
        return find(name).map(topicsListed) ?? []
    }

    /// - Parameter isNamed: Whether somebody wants to hear of it, who may have made its name up.
    func find(_ name: String, named isNamed: Bool = true) -> Topic? {
        if let topic = topics[name] {
            guard topic.isOutdated(since: followedSince) else { return topic.isReady ? topic : nil }
            // Whoever comes back to it has missed something: the next one has another epoch.
            forget(topic)
        }
        // One of several processes has opened it before, or cannot.
        guard sharing == nil, hasRoom(for: name, named: isNamed) else { return nil }
        let topic = Topic(name: name, settings: settings, shards: hub.shardCount)
        topic.idleSince = loop.now
        topic.leftAt = loop.now
        topics[name] = topic
        announce(topic)
        return topic
    }

    /// Brings a new topic to those whose patterns cover it.
    func announce(_ topic: Topic) {
        for (handle, subscribed) in subscribers {
            guard let pace = subscribed.pace(of: topic.name), mayRead(topic.name, subscribed.user) else {
                continue
            }
            add(topic, handle, subscribed, first: [topic.snapshot], pace: pace)
        }
    }

    private func addPattern(_ text: String, _ request: TopicSubscription) {
        var subscribed = subscribers[request.handle] ?? Subscribed(request)
        subscribed.patterns.removeAll { $0.text == text }
        subscribed.patterns.append(Wish(text: text, pattern: ChannelPattern(text), pace: request.pace))
        subscribers[request.handle] = subscribed
    }

    private func add(
        _ topic: Topic, _ request: TopicSubscription, first: [SharedFrame], pace: DeliveryPace
    ) {
        let subscribed = subscribers[request.handle] ?? Subscribed(request)
        add(topic, request.handle, subscribed, first: first, pace: pace)
    }

    func add(
        _ topic: Topic, _ handle: SubscriberHandle, _ known: Subscribed, first: [SharedFrame],
        pace: DeliveryPace
    ) {
        var subscribed = known
        let isNew = subscribed.names.insert(topic.name).inserted
        if isNew {
            topic.audience.add(handle, isDeflating: subscribed.isDeflating)
            if topic.audience.count == 1 { tellOpened(topic) }
        }
        subscribers[handle] = subscribed
        hub.post(.subscribe(handle, channel: topic.name, first: first), to: handle)
        guard topic.format.kind.isValue, !(isNew && pace.isDirect) else { return }
        hub.post(.setPace(handle, channel: topic.name, pace), to: handle)
    }

    // MARK: Publishing

    private func publish(_ publication: TopicPublication) {
        guard let topic = find(publication.channel, named: false) else {
            let error = ClientError(.tooManyChannels, "There are too many channels.", field: "channel")
            return publication.reply.refuse(error, over: hub)
        }
        if let clientID = publication.clientID,
            let offset = topic.offset(publisher: publication.publisher, clientID: clientID)
        {
            return acknowledge(publication, topic.epoch, offset: offset, isDuplicate: true)
        }
        let now = Timestamp.now()
        let frame = topic.publication(
            publication.data.span, at: now, deflater: topic.audience.wantsDeflated ? deflater : nil)
        topic.last = (publication.data, now)
        tally.publications += 1
        tally.ringBytes += topic.append(frame, at: loop.now)
        topic.audience.broadcast(frame, to: topic.name, over: hub)
        listChanged(topic)
        if let clientID = publication.clientID {
            topic.remember(publisher: publication.publisher, clientID: clientID, offset: topic.head)
        }
        acknowledge(publication, topic.epoch, offset: topic.head, isDuplicate: false)
    }

    func acknowledge(
        _ publication: TopicPublication, _ epoch: String, offset: Int64, isDuplicate: Bool
    ) {
        if case .socket(_, nil) = publication.reply { return }
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.field("type", "ack")
        if let id = publication.reply.id { writer.field("id", id) }
        writer.field("channel", publication.channel)
        writer.field("epoch", epoch)
        writer.field("offset", offset)
        if isDuplicate { writer.field("duplicate", true) }
        writer.endObject()
        publication.reply.answer(writer.finish(), over: hub)
    }

    // MARK: Forgetting

    /// The sweep for channels that nobody uses.
    public func timerFired(kind: UInt8) {
        if kind == TopicSharing.tickTimer { return tick() }
        sweep = loop.startTimer(after: sweepMilliseconds, kind: 0, target: self)
        let deadline = loop.now - settings.idleMilliseconds
        let ended = sharing == nil ? deadline : max(deadline, loop.now - TopicSharing.lingerMilliseconds)
        for topic in topics.values where topic.isIdle(since: ended) { forget(topic) }
        bareCount = topics.values.count(where: \.isBare)
        tally.ringBytes -= personal.forget(idleSince: deadline)
    }

    func forget(_ topic: Topic) {
        topics[topic.name] = nil
        tally.ringBytes -= topic.ring.bytes
        if topic.link != nil { broker?.unsubscribe(from: BrokerChannel(.topic, of: topic.name)) }
    }
}
