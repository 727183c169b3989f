import ClientProtocol
public import PubSub
public import Reactor
import Storage
public import WebSocket

/// The rooms whose home is one event loop.
public final class RoomShard: TimerTarget {
    let loop: EventLoop
    let context: RoomContext
    let deflater: Deflater?
    /// The way to other processes; nil where there are none.
    let broker: (any Broker)?
    /// Where joins meet the store.
    let desk: JoinDesk
    /// Where the hub's shards say what has been handed over.
    let handovers: HandoverRouter
    private var homes: [String: RoomHome] = [:]
    /// Where the replies to appends on their way go.
    private var expected: [UInt64: ReplyTarget] = [:]
    private var tickets: UInt64 = 0
    private var seen: [LastSeen] = []
    /// Read markers that other processes may not have heard of.
    var unheardReads = UnheardReads()
    private var sweep = TimerID.none
    private var compare = TimerID.none
    /// Counts since the start.
    public internal(set) var counters = RoomCounters()

    private enum Timer: UInt8 { case sweep, compare }
    private static let sweepMilliseconds: Int64 = 5000
    /// How often rooms are looked for that are to be compared with the store.
    private static let comparePause: Int64 = 1000
    /// Rooms compared at a time.
    static let compareLimit = 500
    /// How often the rights of people in a room that cannot hear the others are compared with the store.
    static let judgePause: Int64 = 3000
    /// How long a room that nobody uses stays in memory.
    private static let idleMilliseconds: Int64 = 60_000

    /// The rooms of a loop, on its thread; reads the loop's mailbox from now on.
    public init(
        _ loop: EventLoop, _ context: RoomContext, deflater: Deflater?, broker: (any Broker)? = nil
    ) {
        self.loop = loop
        self.context = context
        self.deflater = deflater
        self.broker = broker
        desk = JoinDesk(loop, context)
        handovers = HandoverRouter(hub: context.hub, mailboxes: context.mailboxes)
        loop.attach(context.mailboxes[loop.index]) { [unowned self] mail in
            for letter in mail { receive(letter) }
        }
        sweep = loop.startTimer(
            after: RoomShard.sweepMilliseconds, kind: Timer.sweep.rawValue, target: self)
        if broker != nil { startComparing() }
        broker?.subscribe(to: BrokerChannel(.said), self)
    }

    private func startComparing() {
        compare = loop.startTimer(
            after: RoomShard.comparePause, kind: Timer.compare.rawValue, target: self)
    }

    func known(_ room: String) -> RoomHome? { homes[room] }

    var allHomes: [RoomHome] { Array(homes.values) }

    func nextTicket() -> UInt64 {
        tickets += 1
        return tickets
    }

    func expect(_ ticket: UInt64, _ reply: ReplyTarget) { expected[ticket] = reply }

    func saw(_ person: LastSeen) { seen.append(person) }

    private func home(_ room: String) -> RoomHome {
        if let home = homes[room] { return home }
        let home = RoomHome(id: room, shard: self)
        homes[room] = home
        counters.rooms += 1
        return home
    }

    private func receive(_ letter: RoomMail) {
        if broker != nil { share(letter) }
        switch letter {
        case .join(let request): home(request.room).join(request)
        case .viewed(let room, let ticket, let result): homes[room]?.viewed(ticket, result)
        case .enrolled(let room, let ticket, let result): homes[room]?.enrolled(ticket, result)
        case .deskRead(let joins, let events, let nanoseconds):
            desk.finishedReading(joins: joins, events: events, after: nanoseconds)
        case .deskEnrolled: desk.finishedEnrolling()
        case .leave(let room, let handle, let reply): home(room).leave(handle, reply)
        case .gone(let room, let handle): homes[room]?.gone(handle)
        case .renewed(let room, let handle, let principal): homes[room]?.renew(handle, principal)
        case .act(let act): home(act.room).perform(act)
        case .committed(let results):
            for result in results {
                home(result.room).complete(result, expected.removeValue(forKey: result.ticket))
            }
        case .typing(let room, let handle, let isTyping, let reply):
            home(room).type(handle, isTyping: isTyping, reply)
        case .read(let room, let person, let seq): homes[room]?.read(person, seq: seq)
        case .presence(let room, let cursor, let limit, let reply):
            home(room).answerPresence(cursor: cursor, limit: limit, reply)
        case .refreshPresence(let room, let handle): homes[room]?.refreshPresence(handle)
        case .earned(let room, let author, let members): earned(room, at: homes[room], author, members)
        case .changed(let record): homes[record.id]?.change(record)
        case .promoted(let room, let user, let role): homes[room]?.promote(user, role)
        case .renamed(let room, let author): homes[room]?.rename(author)
        case .evict(let room, let user, let isBan, let reason):
            homes[room]?.evict(user, isBan: isBan, reason: reason)
        case .gateAnswered(let room, let ticket, let error): homes[room]?.gateAnswered(ticket, error)
        case .expel(let room, let user, let reason, let words, let endsMembership):
            homes[room]?.expel(user, reason: reason, words, endsMembership: endsMembership)
        case .warn(let room, let user, let remaining, let since):
            homes[room]?.warn(user, remaining: remaining, since: since)
        case .people(let room, let answer): answer(homes[room]?.presentIDs ?? [])
        case .ownPeople(let room, let answer): answer(homes[room].map { Array($0.people.keys) } ?? [])
        case .forgetEvents(let room): homes[room]?.forgetEvents()
        case .refreshed(let record): homes[record.id]?.change(record)
        case .healed(let room, let events): homes[room]?.healed(events)
        case .positions(let positions): for position in positions { homes[position.room]?.take(position) }
        case .standings(let room, let standings): homes[room]?.take(standings)
        case .resign(let grace, let answer):
            broker?.ledger.resign(graceMilliseconds: grace)
            for home in homes.values { home.leaveVacant() }
            answer()
        case .handedOver(let room, let round): homes[room]?.handedOver(round)
        case .vacancy(let room): home(room).noteVacancy()
        case .names(let room, let members):
            if let home = homes[room] { for member in members { home.note(member) } }
        }
    }

    /// The sweep: writes when people were last seen, forgets idle rooms. And the comparing with the store.
    public func timerFired(kind: UInt8) {
        guard kind == Timer.sweep.rawValue else {
            startComparing()
            return comparePositions()
        }
        sweep = loop.startTimer(
            after: RoomShard.sweepMilliseconds, kind: Timer.sweep.rawValue, target: self)
        writeSeen()
        settleReads()
        let deadline = loop.now - RoomShard.idleMilliseconds
        for home in homes.values where home.isIdle && home.idleSince < deadline {
            home.cancelTimers()
            home.closeLink()
            homes[home.id] = nil
            counters.rooms -= 1
            counters.ringBytes -= home.ring?.bytes ?? 0
        }
    }

    private func writeSeen() {
        guard !seen.isEmpty else { return }
        let batch = seen
        seen = []
        let rooms = context.rooms
        // A lost moment of last sight is no loss that anybody was promised against.
        Task { try? await rooms.touch(batch) }
    }
}
