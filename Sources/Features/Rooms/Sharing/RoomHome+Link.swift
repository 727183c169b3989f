import Bytes
import JSON
import PubSub
import Reactor
import Storage

extension RoomHome {
    /// Begins to listen to the other processes.
    func openLink(_ link: RoomLink) {
        guard !link.isOpen, let broker = shard.broker else { return }
        let isReachable = link.channels.allSatisfy(broker.reaches)
        link.state = isReachable ? .opening : .cut
        link.checkedAt = shard.loop.now
        for channel in link.channels { broker.subscribe(to: channel, shard) }
        guard isReachable else { return }
        link.openingTimer = shard.loop.startTimer(
            after: RoomLink.openingMilliseconds, kind: Timer.opening.rawValue, target: self)
    }

    /// Listens no more; the home is about to be forgotten.
    func closeLink() {
        guard let link, link.isOpen else { return }
        for channel in link.channels { shard.broker?.unsubscribe(from: channel) }
        link.state = .closed
    }

    /// A channel of the room is listened to, perhaps again.
    func subscribed(_ kind: BrokerChannel.Kind) {
        guard let link, link.isOpen else { return }
        link.isSubscribed.insert(kind)
        meetLedger(link)
    }

    /// Enters everybody who is here, and reads who is elsewhere; once nothing that changes is missed.
    private func meetLedger(_ link: RoomLink) {
        guard link.isSubscribed.count == link.channels.count else { return }
        for person in people.values { enter(person) }
        readRoll(link)
        noteOccupied()
    }

    /// What was said to the ledger and to the others while they could not be reached is said again, and so is what left
    /// by a connection that is gone: it may never have come to Redis, or to a master that was none any more.
    func canPublish() {
        if let link, link.published > 0 { link.isBehind = true }
        announcePosition()
        if let link { meetLedger(link) }
    }

    /// The other processes cannot be heard on a channel; in a cluster the others may be elsewhere and heard.
    func cut(_ kind: BrokerChannel.Kind) {
        guard let link, link.isOpen else { return }
        link.isSubscribed.remove(kind)
        link.version = nil
        link.steps = []
        link.isReadingRoll = false
        link.wasCut = true
        cutOff(link)
    }

    /// Goes on without the other processes.
    func cutOff(_ link: RoomLink) {
        shard.loop.cancelTimer(&link.openingTimer)
        if link.state == .live { keepSeats(link) }
        link.state = .cut
        readWaiting()
    }

    /// Everything is known that the other processes have said.
    func becameLive(_ link: RoomLink) {
        shard.loop.cancelTimer(&link.openingTimer)
        let wasCut = link.wasCut
        link.state = .live
        link.wasCut = false
        announcePosition()
        if ring != nil { checkPosition() }
        if wasCut { checkStandings() }
        readWaiting()
    }

    /// Joins that waited for the other processes.
    private func readWaiting() {
        for ticket in joins.keys.sorted() where joins[ticket]?.isRead == false { read(ticket) }
    }

    // MARK: What the others say

    /// Something was published on a channel of the room.
    func delivered(_ payload: [UInt8], _ kind: BrokerChannel.Kind) {
        switch kind {
        case .messages: deliveredMessage(payload)
        case .documents: deliveredDocument(payload)
        case .presence: deliveredPresence(payload)
        case .control: deliveredControl(payload)
        case .notifications, .said, .tables, .prices, .topic, .topics: break
        }
    }

    private func deliveredMessage(_ payload: [UInt8]) {
        guard let envelope = SharedEvent(payload.span) else { return shard.complain(of: id, .messages) }
        guard let seq = envelope.seq else { return passOn(payload, .messages) }
        guard seq > ring?.head ?? .max else { return }
        if envelope.isMessage, record?.slowModeMilliseconds ?? 0 > 0 { notePost(payload) }
        admit(seq, frame(payload.span), isMessage: envelope.isMessage)
    }

    /// Events of ours come by the other channel too.
    private func deliveredDocument(_ payload: [UInt8]) {
        guard let envelope = SharedEvent(payload.span) else { return shard.complain(of: id, .documents) }
        if envelope.seq == nil { passOn(payload, .documents) }
    }

    /// Tells members what another service says.
    private func passOn(_ payload: [UInt8], _ kind: BrokerChannel.Kind) {
        let deflater = audience.wantsDeflated ? shard.deflater : nil
        broadcast(.foreign(payload, on: BrokerChannel(kind, of: id).name, deflater: deflater))
    }

    /// Who has posted at another process has posted: slow mode counts over all of them.
    private func notePost(_ payload: [UInt8]) {
        let message = (try? JSONValue(parsing: payload.span))?["message"]
        guard let user = message?["author"]?["id"]?.string else { return }
        lastPosts[user] = (shard.loop.now, message?["client_id"]?.string)
    }

    private func deliveredControl(_ payload: [UInt8]) {
        guard let control = RoomControl(payload) else { return shard.complain(of: id, .control) }
        guard control.sender != shard.broker?.instance else { return }
        switch control.deed {
        case .changed: readSettings()
        case .promoted(let user, let role): promote(user, role)
        case .evicted(let user, let isBan, let reason): evict(user, isBan: isBan, reason: reason)
        case .expelled(let user, let reason, let words, let endsMembership):
            expel(user, reason: reason, words, endsMembership: endsMembership)
        case .warned(let user, let remaining, let since): warn(user, remaining: remaining, since: since)
        case .renamed(let member): rename(member)
        case .forgotten: forgetEvents()
        case .read(let reader, let seq): read(reader, seq: seq)
        case .position(let seq): expectEvents(through: seq)
        case .receiptWanted(let seq): othersWant(seq)
        case .receiptTaken(let seq, let users): othersHave(seq, users)
        case .receipt(let receipt): give(receipt)
        }
    }

    /// The settings may be newer in the store.
    func readSettings() {
        let (context, room) = (shard.context, id)
        Task {
            if let record = try? await context.rooms.room(room) {
                context.post(.refreshed(record), to: room)
            }
        }
    }

    /// Tells the others how far the room is, where they may have missed something of it.
    func announcePosition() {
        guard let link, link.isBehind else { return }
        // Where nobody is here the room's order is not followed.
        let position = max(ring?.head ?? 0, link.published)
        if shard.share(.position(position), id) { link.isBehind = false }
    }
}
