import ClientProtocol
import JSON
import Reactor

// Topics that several processes have in common: publishing, and what is done now and then.
extension TopicBroker {
    func beginSharing() {
        broker?.subscribe(to: BrokerChannel(.topics), self)
        startTick()
    }

    private func startTick() {
        _ = loop.startTimer(
            after: TopicSharing.tickMilliseconds, kind: TopicSharing.tickTimer, target: self)
    }

    // MARK: Publishing

    /// Publishes in one round trip; those who listen here get it as those elsewhere do.
    func publish(_ publication: TopicPublication, _ sharing: TopicSharing) {
        let name = publication.channel
        let draft = TopicDraft(channel: name, data: publication.data, key: publication.key)
        sharing.store.publish(draft, settings.bounds(for: name)) { [weak self] outcome in
            self?.published(publication, outcome)
        }
    }

    private func published(_ publication: TopicPublication, _ outcome: TopicPublishing) {
        switch outcome {
        case .published(let position, let isFirst):
            tally.publications += 1
            if isFirst { announceElsewhere(publication.channel) }
            acknowledge(publication, position.epoch, offset: position.offset, isDuplicate: false)
        case .repeated(let position):
            acknowledge(publication, position.epoch, offset: position.offset, isDuplicate: true)
        case .full:
            let error = ClientError(.tooManyChannels, "There are too many channels.", field: "channel")
            publication.reply.refuse(error, over: hub)
        case .away:
            let error = ClientError(
                .unavailable, "Topics cannot be published to at the moment.",
                retryAfter: TopicSharing.retryMilliseconds)
            publication.reply.refuse(error, over: hub)
        }
    }

    // MARK: New topics

    /// Tells the processes of a topic that has begun. Where this is lost they find it when they look.
    func announceElsewhere(_ name: String) {
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.field("type", "topic")
        writer.field("channel", name)
        writer.endObject()
        broker?.publish(writer.span, to: BrokerChannel(.topics))
    }

    /// A topic has begun somewhere.
    func announced(_ payload: [UInt8]) {
        guard let value = try? JSONValue(parsing: payload.span), let name = value["channel"]?.string,
            ChannelPattern(streams: name) != nil, !ChannelPattern.isPattern(name)
        else { return }
        began(name)
    }

    /// Brings a topic to those whose patterns cover it, those who are about to listen among them.
    private func began(_ name: String) {
        guard let sharing else { return }
        for queue in sharing.openings.values {
            guard case .subscribe(let opening) = queue.first, opening.isCovering(name) else { continue }
            need(name, for: opening, creates: false)
        }
        guard topics[name] == nil else { return }
        let isWanted = subscribers.values.contains { subscribed in
            subscribed.patterns.contains { $0.pattern.covers(name) }
        }
        if isWanted { _ = opened(name, creates: false) }
    }

    /// Looks for topics of which nobody told.
    func lookForTopics() {
        guard let sharing else { return }
        sharing.lookedAt = loop.now
        let texts = Set(subscribers.values.flatMap { $0.patterns.map(\.text) })
        for text in texts {
            sharing.store.names(beginningWith: String(text.dropLast())) { [weak self] names in
                guard let self else { return }
                for name in names ?? [] where topics[name] == nil { _ = opened(name, creates: false) }
            }
        }
    }

    // MARK: Now and then

    /// Tries again what did not work, and compares positions.
    func tick() {
        startTick()
        guard let sharing else { return }
        let now = loop.now
        for name in sharing.unsettled {
            guard let topic = topics[name], let link = topic.link else {
                sharing.unsettled.remove(name)
                continue
            }
            if link.isLive { ask(topic, link) }
        }
        for queue in Array(sharing.openings.values) {
            guard case .subscribe(let opening) = queue.first,
                now - opening.begunAt >= TopicSharing.patienceMilliseconds
            else { continue }
            refuse(opening)
        }
        // Thrice within the time after which a topic that nobody uses ends.
        let interval = min(TopicSharing.compareMilliseconds, settings.idleMilliseconds / 3)
        let due = topics.values.lazy.filter { topic in
            guard let link = topic.link, link.isLive, link.isKnown else { return false }
            return now - link.checkedAt >= interval && !topic.audience.isEmpty
        }
        for topic in Array(due.prefix(TopicSharing.compareLimit)) {
            if let link = topic.link { ask(topic, link) }
        }
        if now - sharing.lookedAt >= interval { lookForTopics() }
    }
}

extension TopicOpening {
    fileprivate func isCovering(_ name: String) -> Bool {
        request.channels.contains { ChannelPattern.isPattern($0) && ChannelPattern($0).covers(name) }
    }
}
