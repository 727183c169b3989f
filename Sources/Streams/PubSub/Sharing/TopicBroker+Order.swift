import Bytes
import ClientProtocol
import JSON
import Reactor
import WebSocket

// Order over all processes: the next offset goes out, an older one is known already, and one that is ahead or of another
// epoch makes the store tell what is missing.
extension TopicBroker {
    /// Something was published on a topic's channel.
    func delivered(_ payload: [UInt8], _ name: String) {
        guard let topic = topics[name], let link = topic.link else { return }
        guard let publication = SharedPublication(payload.span) else { return complain(of: name) }
        guard let position = publication.position(in: name), topic.accepts(publication, payload) else {
            guard topic.format.kind == .topic else { return complain(of: name) }
            if link.isKnown {
                topic.audience.broadcast(.foreign(payload, on: topic.name), to: name, over: hub)
            }
            return
        }
        let isNext = link.isKnown && position.epoch == topic.epoch && position.offset == topic.head + 1
        if isNext {
            deliver(payload, publication, topic)
            if !link.held.isEmpty { deliverHeld(topic, link) }
        } else if !link.isKnown || position.epoch != topic.epoch || position.offset > topic.head {
            let held = TopicLink.Held(payload: payload, publication: publication)
            link.hold(held, offset: position.offset, epoch: position.epoch)
            if link.isKnown { ask(topic, link) }
        }
    }

    private func deliver(_ payload: [UInt8], _ publication: SharedPublication, _ topic: Topic) {
        let frame = topic.frame(payload, publication, topic.audience.wantsDeflated ? deflater : nil)
        topic.last = (publication.data(in: payload), publication.at)
        tally.ringBytes += topic.append(frame, at: loop.now)
        topic.audience.broadcast(frame, to: topic.name, over: hub)
        listChanged(topic)
    }

    private func deliverHeld(_ topic: Topic, _ link: TopicLink) {
        guard link.heldEpoch == topic.epoch else { return }
        while let held = link.held.removeValue(forKey: topic.head + 1) {
            deliver(held.payload, held.publication, topic)
        }
        link.held = link.held.filter { $0.key > topic.head }
    }

    /// Counts what nobody of us said in such a way.
    func complain(of name: String) {
        ForeignNonsense.note(on: name, &tally.foreignRefused)
    }

    // MARK: Asking

    /// A topic's channel is heard: what was published before may have been missed.
    func heard(_ name: String) {
        guard let topic = topics[name], let link = topic.link else { return }
        link.isLive = true
        ask(topic, link)
    }

    /// Asks where a topic stands.
    ///
    /// - Returns: The number of the question that will be answered by what is so now.
    @discardableResult
    func ask(_ topic: Topic, _ link: TopicLink, wantsRing: Bool = false) -> Int {
        if wantsRing { link.wantsRing = true }
        if link.isAsking {
            link.mustAsk = true
            return link.asked + 1
        }
        let question = link.asked + 1
        send(topic, link)
        return question
    }

    private func send(_ topic: Topic, _ link: TopicLink) {
        guard let sharing else { return }
        link.asked += 1
        link.mustAsk = false
        link.hasNewHeld = false
        link.checkedAt = loop.now
        let wantsRing = link.wantsRing
        let known = link.isKnown ? StreamPosition(epoch: topic.epoch, offset: topic.head) : nil
        // Whoever listens keeps it alive.
        let reading = TopicReading(
            known: known, wantsRing: wantsRing, creates: link.creates || !topic.audience.isEmpty)
        sharing.store.read(topic.name, reading, settings.bounds(for: topic.name)) { [weak self] finding in
            guard let self, topics[topic.name] === topic else { return }
            link.answered += 1
            take(finding, reading, topic, link)
        }
    }

    private func take(_ finding: TopicFinding, _ reading: TopicReading, _ topic: Topic, _ link: TopicLink) {
        switch finding {
        case .found(let page):
            if reading.wantsRing { link.wantsRing = false }
            take(page, isWhole: reading.wantsRing, topic, link)
        case .nothing where link.creates || !topic.audience.isEmpty: link.mustAsk = true
        case .full where link.isKnown && !topic.audience.isEmpty: return fail(topic, link)
        case .nothing, .full: forget(topic)
        case .away: return fail(topic, link)
        }
        sharing?.unsettled.remove(topic.name)
        if link.mustAsk, topics[topic.name] === topic { send(topic, link) }
        for handle in link.waiting.takeAll() {
            if let opening = sharing?.opening(of: handle) { advance(opening) }
        }
    }

    /// Nobody answers: who waits comes again, who listens keeps what they have.
    private func fail(_ topic: Topic, _ link: TopicLink) {
        sharing?.unsettled.insert(topic.name)
        for handle in link.waiting.takeAll() {
            if let opening = sharing?.opening(of: handle) { refuse(opening) }
        }
    }

    // MARK: Answers

    private func take(_ page: TopicPage, isWhole: Bool, _ topic: Topic, _ link: TopicLink) {
        if !link.isKnown {
            begin(topic, link, page)
        } else if page.position.epoch == topic.epoch {
            heal(topic, link, page)
            if isWhole { complete(topic, link, page) }
        } else {
            renumber(topic, link, page)
        }
        if page.isNew { announceElsewhere(topic.name) }
        if link.heldEpoch == topic.epoch { deliverHeld(topic, link) }
        guard !link.held.isEmpty else { return }
        // Nobody has what was announced before the question.
        if link.hasNewHeld { link.mustAsk = true } else { link.held = [:] }
    }

    private func begin(_ topic: Topic, _ link: TopicLink, _ page: TopicPage) {
        topic.epoch = page.position.epoch
        topic.ring.restart(after: page.base)
        for payload in page.publications { topic.ring.append(topic.frame(payload)) }
        tally.ringBytes += topic.ring.bytes
        topic.last = page.last
        link.isKnown = true
        link.isWhole = page.base == 0 || !page.publications.isEmpty
        announce(topic)
    }

    /// Tells what the channel has not brought.
    private func heal(_ topic: Topic, _ link: TopicLink, _ page: TopicPage) {
        guard page.position.offset > topic.head else { return }
        if page.base > topic.head { leap(topic, link, page, reason: "limit") }
        for payload in page.publications.suffix(Int(page.position.offset - topic.head)) {
            tally.healed += 1
            if let publication = SharedPublication(payload.span) { deliver(payload, publication, topic) }
        }
    }

    /// Other numbers count from now on: as after Redis was lost with what it had.
    private func renumber(_ topic: Topic, _ link: TopicLink, _ page: TopicPage) {
        let head = topic.head
        topic.epoch = page.position.epoch
        leap(topic, link, page, after: head, reason: "epoch")
        for payload in page.publications {
            if let publication = SharedPublication(payload.span) { deliver(payload, publication, topic) }
        }
    }

    /// Goes on after publications that cannot be told, with a `snapshot` and a `gap`.
    private func leap(
        _ topic: Topic, _ link: TopicLink, _ page: TopicPage, after head: Int64? = nil, reason: StaticString
    ) {
        let missed = head ?? topic.head
        if reason.description == "epoch" { tally.epochGaps += 1 } else { tally.limitGaps += 1 }
        tally.ringBytes -= topic.ring.bytes
        topic.ring.restart(after: page.base)
        link.isWhole = true
        topic.last = page.publications.isEmpty ? page.last : nil
        topic.audience.broadcast(topic.snapshot, to: topic.name, over: hub)
        let gap = topic.gap(after: missed, upTo: page.base, reason: reason)
        topic.audience.broadcast(gap, to: topic.name, over: hub)
        listChanged(topic)
    }

    /// Takes in what the shared ring holds from before this process listened.
    private func complete(_ topic: Topic, _ link: TopicLink, _ page: TopicPage) {
        link.isWhole = true
        let count = Int(max(0, topic.ring.base - page.base))
        tally.ringBytes -= topic.ring.bytes
        topic.ring.prepend(page.publications.prefix(count).map { topic.frame($0) })
        tally.ringBytes += topic.ring.bytes
    }
}

extension Topic {
    /// A publication as subscribers get it: a topic's is what came, others' are written by their kind.
    fileprivate func frame(
        _ payload: [UInt8], _ publication: SharedPublication, _ deflater: Deflater?
    ) -> SharedFrame {
        guard format.kind != .topic, let position = publication.position(in: name) else {
            return SharedFrame(payload.span, deflater: deflater)
        }
        let data = publication.data(in: payload)
        return format.frame(data.span, offset: position.offset, at: publication.at, deflater: deflater)
    }

    fileprivate func frame(_ payload: [UInt8]) -> SharedFrame {
        guard format.kind != .topic, let publication = SharedPublication(payload.span) else {
            return SharedFrame(payload.span)
        }
        return frame(payload, publication, nil)
    }

    /// Whether a publication has the data that channels of this kind have.
    fileprivate func accepts(_ publication: SharedPublication, _ payload: [UInt8]) -> Bool {
        format.kind == .topic || publication.data(in: payload).first == UInt8(ascii: "{")
    }
}

extension TopicPage {
    fileprivate var last: (data: [UInt8], at: Timestamp)? { at.map { (data, $0) } }
}

extension Set {
    fileprivate mutating func takeAll() -> Set {
        defer { self = [] }
        return self
    }
}
