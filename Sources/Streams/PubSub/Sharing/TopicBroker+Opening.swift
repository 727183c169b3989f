import ClientProtocol
import Reactor

// Subscribing to topics of several processes: their channels are heard first and asked for their positions then; what
// comes between is merged by offset. Once all is known here the answer is given as it is for topics of one process.
extension TopicBroker {
    /// Subscribes as soon as all that was asked for is known here.
    func open(_ request: TopicSubscription, _ sharing: TopicSharing) {
        let opening = TopicOpening(request, at: loop.now)
        guard !sharing.enqueue(.subscribe(opening), behind: request.handle) else { return }
        sharing.openings[request.handle] = [.subscribe(opening)]
        begin(opening, sharing)
    }

    private func begin(_ opening: TopicOpening, _ sharing: TopicSharing) {
        // Counted before the first is asked, since an answer may come at once.
        opening.patterns = opening.request.channels.count(where: ChannelPattern.isPattern)
        for name in opening.request.channels where name != "me" && sharing.isUnderWay(opening) {
            if ChannelPattern.isPattern(name) {
                sharing.store.names(beginningWith: String(name.dropLast())) { [weak self] names in
                    self?.found(names, for: opening)
                }
            } else {
                need(name, for: opening, creates: true)
                for channel in opening.request.lists[name]?.channels ?? [] where sharing.isUnderWay(opening) {
                    need(channel, for: opening, creates: true)
                }
            }
        }
        advance(opening)
    }

    private func found(_ names: [String]?, for opening: TopicOpening) {
        guard let sharing, sharing.isUnderWay(opening) else { return }
        guard let names else { return refuse(opening) }
        opening.patterns -= 1
        for name in names where sharing.isUnderWay(opening) { need(name, for: opening, creates: false) }
        advance(opening)
    }

    /// Makes a topic known here; a name beyond the bound gets no entry, as it does in one process.
    func need(_ name: String, for opening: TopicOpening, creates: Bool) {
        guard let topic = opened(name, creates: creates), let link = topic.link else { return }
        opening.names.insert(name)
        guard !link.isKnown else { return }
        if opening.request.since[name] != nil { link.wantsRing = true }
        link.waiting.insert(opening.request.handle)
        if broker?.reaches(BrokerChannel(.topic, of: name)) != true { refuse(opening) }
    }

    /// A topic whose channel is heard from now on; nil where there are too many.
    func opened(_ name: String, creates: Bool) -> Topic? {
        if let topic = topics[name] {
            if creates { topic.link?.creates = true }
            return topic
        }
        guard hasRoom(for: name, named: creates) else { return nil }
        let link = TopicLink(at: loop.now)
        link.creates = creates
        let topic = Topic(name: name, settings: settings, shards: hub.shardCount, link: link)
        topic.idleSince = loop.now
        topics[name] = topic
        broker?.subscribe(to: BrokerChannel(.topic, of: name), self)
        return topic
    }

    /// Goes on with a `subscribe` as far as it can.
    func advance(_ opening: TopicOpening) {
        guard let sharing, sharing.isUnderWay(opening), opening.patterns == 0 else { return }
        var isWaiting = false
        for name in opening.names where !isSettled(name, for: opening) {
            isWaiting = true
            topics[name]?.link?.waiting.insert(opening.request.handle)
        }
        guard !isWaiting, sharing.isUnderWay(opening) else { return }
        subscribe(opening.request)
        goOn(after: opening, sharing)
    }

    /// Whether a topic is known as well as the client's position needs it.
    private func isSettled(_ name: String, for opening: TopicOpening) -> Bool {
        guard let topic = topics[name], let link = topic.link else { return true }
        guard link.isKnown else { return false }
        guard let since = opening.request.since[name] else { return true }
        if let question = opening.questions[name] { return link.answered >= question }
        if topic.isCovering(since) { return true }
        // The client may know a later position or an epoch that is not known here yet.
        link.waiting.insert(opening.request.handle)
        let question = ask(topic, link, wantsRing: true)
        opening.questions[name] = question
        return link.answered >= question
    }

    /// Refuses a `subscribe` until the other processes can be reached.
    func refuse(_ opening: TopicOpening) {
        guard let sharing, sharing.isUnderWay(opening) else { return }
        let error = ClientError(
            .unavailable, "Topics cannot be read at the moment.", retryAfter: TopicSharing.retryMilliseconds)
        let request = opening.request
        ReplyTarget.socket(request.handle, id: request.id).refuse(error, over: hub)
        goOn(after: opening, sharing)
    }

    /// Sees to what the client asked for meanwhile.
    private func goOn(after opening: TopicOpening, _ sharing: TopicSharing) {
        let handle = opening.request.handle
        sharing.openings[handle]?.removeFirst()
        while let next = sharing.openings[handle]?.first {
            switch next {
            case .subscribe(let opening): return begin(opening, sharing)
            case .unsubscribe(let channels, let id):
                sharing.openings[handle]?.removeFirst()
                unsubscribe(handle, channels, id)
            }
        }
        sharing.openings[handle] = nil
    }
}

extension Topic {
    /// Whether what came after a position can be told from what is known here.
    fileprivate func isCovering(_ since: StreamPosition) -> Bool {
        since.epoch == epoch && since.offset <= head
            && (ring.after(since.offset) != nil || link?.isWhole == true)
    }
}
