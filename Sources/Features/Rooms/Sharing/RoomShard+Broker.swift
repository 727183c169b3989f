import JSON
public import PubSub
import Reactor
import Storage
import Webhooks

extension RoomShard: BrokerListener {
    /// Something was published on a room's channel.
    public func brokerDelivered(_ payload: [UInt8], on channel: BrokerChannel) {
        if channel.kind == .said { return heardOf(payload) }
        known(channel.key)?.delivered(payload, channel.kind)
    }

    /// A room's channel is listened to, perhaps again.
    public func brokerSubscribed(to channel: BrokerChannel) { known(channel.key)?.subscribed(channel.kind) }

    /// A room's channel cannot be heard.
    public func brokerLost(_ channel: BrokerChannel) { known(channel.key)?.cut(channel.kind) }

    /// Everybody here has to arrive at the ledger again.
    public func brokerForgotPeople() {
        for home in allHomes {
            home.forgetSpares()
            for person in home.people.values { home.enter(person) }
            home.noteOccupied()
        }
    }

    /// The people of a process that has died are out of a room, whose home may be any loop's.
    public func brokerTookPeopleOut(of room: String) {
        guard context.events?.tellsOccupancy == true else { return }
        context.post(.vacancy(room: room), to: room)
    }

    /// What could not be published can be made good.
    public func brokerCanPublish() {
        for home in allHomes { home.canPublish() }
        unheardReads.reached(now: loop.now)
        shareReads()
    }

    private func shareReads() {
        unheardReads.each { room, reader, seq in share(.read(reader, seq: seq), room) }
    }

    /// Tells read markers again for as long as others may be about to listen again, and then forgets them.
    func settleReads() {
        guard let broker else { return }
        if unheardReads.isSettling(loop.now) { shareReads() }
        unheardReads.prune(loop.now) { broker.reaches(BrokerChannel(.control, of: $0)) }
    }

    /// Counts what nobody of us said in such a way.
    func complain(of room: String, _ kind: BrokerChannel.Kind) {
        ForeignNonsense.note(on: BrokerChannel(kind, of: room).name, &counters.foreignRefused)
    }

    /// Passes on to the other processes what concerns their members too.
    func share(_ letter: RoomMail) {
        switch letter {
        case .changed(let record): share(.changed, record.id)
        case .promoted(let room, let user, let role): share(.promoted(user: user, role), room)
        case .evict(let room, let user, let isBan, let reason):
            share(.evicted(user: user, isBan: isBan, reason: reason), room)
        case .expel(let room, let user, let reason, let words, let endsMembership):
            share(
                .expelled(user: user, reason: reason, words: words, endsMembership: endsMembership), room)
        case .warn(let room, let user, let remaining, let since):
            share(.warned(user: user, remaining: remaining, since: since), room)
        case .renamed(let room, let member): share(.renamed(member), room)
        case .forgetEvents(let room): share(.forgotten, room)
        case .read(let room, let reader, let seq):
            unheardReads.note(room, reader, seq: seq, now: loop.now)
            share(.read(reader, seq: seq), room)
        default: break
        }
    }

    /// Tells the other processes what has happened in a room.
    ///
    /// - Returns: Whether there is a connection for it.
    @discardableResult
    func share(_ deed: RoomControl.Deed, _ room: String) -> Bool {
        guard let broker else { return false }
        let writer = RoomControl(sender: broker.instance, deed).encoded(room: room)
        return broker.publish(writer.span, to: BrokerChannel(.control, of: room))
    }

    // MARK: Rooms that nobody here is in

    /// Tells the other processes that something was said in a room.
    func shareSaid(_ room: String) {
        guard let broker else { return }
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.field("type", "said")
        writer.field("room", room)
        writer.field("from", broker.instance)
        writer.endObject()
        broker.publish(writer.span, to: BrokerChannel(.said))
    }

    /// Something was said in a room at another process: its members who are connected here have something unread.
    private func heardOf(_ payload: [UInt8]) {
        guard let value = try? JSONValue(parsing: payload.span), let room = value["room"]?.string,
            value["from"]?.string != broker?.instance, context.hub.homeShard(of: room) == loop.index,
            // A room with members in it hears the event itself.
            known(room)?.audience.isEmpty ?? true
        else { return }
        RoomHome.tellMembers(of: room, context)
    }

    // MARK: Positions

    /// Compares rooms with the store: those that cannot hear the others often, all others now and then.
    func comparePositions() {
        let now = loop.now
        let due = allHomes.filter { home in
            guard let link = home.link, link.isOpen, home.ring != nil, !home.audience.isEmpty else {
                return false
            }
            let interval = link.state == .live ? context.settings.compareMilliseconds : 0
            return now - link.checkedAt >= interval
        }
        let batch = due.prefix(RoomShard.compareLimit)
        for home in batch { home.link?.checkedAt = now }
        // Nobody tells of bans, removals and roles meanwhile.
        for home in batch {
            guard let link = home.link, link.state == .cut, now - link.judgedAt >= RoomShard.judgePause else {
                continue
            }
            home.checkStandings()
        }
        checkPositions(of: batch.map(\.id))
    }

    func checkPositions(of rooms: [String]) {
        guard !rooms.isEmpty else { return }
        let (context, mailbox) = (context, context.mailboxes[loop.index])
        Task {
            guard let positions = try? await context.rooms.positions(of: rooms) else { return }
            mailbox.post(.positions(positions))
        }
    }
}
