import Bytes
import ClientProtocol
import PubSub
import Reactor
import Storage

/// A room's live state, on its home shard: who is here, what happened last, who is on the way in.
///
/// Touched by its loop's thread alone. Durable events come from the store with their `seq`; the home encodes each once,
/// keeps the last ones, and sends them to the shards that have members.
final class RoomHome: TimerTarget {
    enum Timer: UInt8 { case diff, unread, said, heal, opening, vacancy, receipts, seats }

    /// How long a `typing_start` lasts without another one.
    static let typingMilliseconds = 6000
    /// Bytes of events that a room keeps in memory.
    private static let ringBytes = 1 << 20

    let id: String
    /// The name of its channel in the hub: its id.
    let channel: String
    unowned let shard: RoomShard
    /// The newest settings seen.
    private(set) var record: RoomRecord?
    /// The last events as their frames; nil until the room's position is known.
    var ring: HistoryRing?
    var audience: Audience
    var people: [String: Person] = [:]
    var users: [SubscriberHandle: Person] = [:]
    var joins: [UInt64: PendingJoin] = [:]
    /// Counts what may change the outcome of a join that has read the store already.
    var generation = 0
    /// Appends on their way through the store.
    var appendsPending = 0
    var mentions = MentionFinder()
    var namesRequested = false
    /// Ids of members known, for telling those who are not here of new messages.
    var members: Set<String> = []
    /// When each member posted last, and with which client id, for slow mode.
    var lastPosts: [String: (at: Int64, clientID: String?)] = [:]
    /// Whose messages are on their way through the store, in slow mode.
    var slowPosts: [UInt64: String] = [:]
    var presenceDiff = PresenceDiff()
    var diffTimer = TimerID.none
    var unreadTimer = TimerID.none
    var unreadIsDue = false
    var saidTimer = TimerID.none
    var saidIsDue = false
    var idleSince: Int64
    /// Whether the owner's service has been told that there are people, as far as is known here.
    var isToldOccupied = false
    /// Runs while the room is empty and that is not told yet.
    var vacancyTimer = TimerID.none
    /// Who waits for receipts; nil where nobody has asked for any.
    var receipts: ReceiptDesk?
    /// Appends whose senders have asked for a receipt, whether one comes or not.
    var receiptsAsked: Set<UInt64> = []
    /// The same room at other processes; nil where there are none.
    let link: RoomLink?

    init(id: String, shard: RoomShard) {
        self.id = id
        channel = id
        self.shard = shard
        audience = Audience(shards: shard.context.hub.shardCount)
        idleSince = shard.loop.now
        link = shard.broker == nil ? nil : RoomLink(id)
    }

    /// Whether nothing would be lost by forgetting it.
    var isIdle: Bool {
        people.isEmpty && joins.isEmpty && appendsPending == 0 && audience.isEmpty && vacancyTimer == .none
    }

    /// Keeps events from a position on, in place of those before it.
    func beginRing(after seq: Int64) {
        shard.counters.ringBytes -= ring?.bytes ?? 0
        ring = HistoryRing(
            countLimit: shard.context.settings.ringEvents, byteLimit: RoomHome.ringBytes, head: seq)
    }

    /// Takes settings that may be newer than those known.
    func adopt(_ newer: RoomRecord) {
        if let record, record.updatedAt > newer.updatedAt { return }
        record = newer
    }

    /// Takes changed settings and tells the members.
    func change(_ newer: RoomRecord) {
        generation += 1
        adopt(newer)
        broadcast(RoomPush.updated(newer))
        reviewReceipts()
        if !newer.active { evictAll() }
    }

    func broadcast(_ frame: SharedFrame) { audience.broadcast(frame, to: channel, over: shard.context.hub) }

    func send(_ frame: SharedFrame, to handle: SubscriberHandle) { shard.context.hub.send(frame, to: handle) }

    /// A timer of the room's own.
    func timerFired(kind: UInt8) {
        switch Timer(rawValue: kind) {
        case .diff:
            diffTimer = .none
            announceDiff()
        case .unread:
            unreadTimer = .none
            if unreadIsDue { tellAbsent() }
        case .said:
            saidTimer = .none
            if saidIsDue { messageSaid() }
        case .heal:
            link?.healTimer = .none
            heal()
        case .opening:
            link?.openingTimer = .none
            if let link, link.state == .opening { cutOff(link) }
        case .vacancy:
            vacancyTimer = .none
            vacate()
        case .receipts: askAgain()
        case .seats: claimAgain()
        case nil: break
        }
    }

    func cancelTimers() {
        shard.loop.cancelTimer(&vacancyTimer)
        if let receipts { shard.loop.cancelTimer(&receipts.askTimer) }
        shard.loop.cancelTimer(&diffTimer)
        shard.loop.cancelTimer(&unreadTimer)
        shard.loop.cancelTimer(&saidTimer)
        if let link {
            shard.loop.cancelTimer(&link.healTimer)
            shard.loop.cancelTimer(&link.openingTimer)
            shard.loop.cancelTimer(&link.seatTimer)
        }
    }
}

/// A join on its way: the store is read, perhaps written.
final class PendingJoin {
    var request: JoinRequest
    var generation: Int
    var attempts = 1
    /// What the store said, once it has.
    var view: JoinView?
    /// Whether the room's gate is being asked about it.
    var isAtGate = false
    /// Whether the gate has let it in, as of its reading of the store.
    var isCleared = false
    /// Whether a seat is held for it while its membership is written.
    var holdsSeat = false
    /// Whether the store has been asked.
    var isRead = false
    /// What the ledger of all processes says of a seat for it.
    var claim = Claim.none
    /// How often other processes had all seats that are free.
    var seatAttempts = 0

    enum Claim {
        /// It has not been asked, or need not be.
        case none
        case asked
        case held
        /// It cannot be asked.
        case unanswered
        /// It has to be asked again, when other processes have given back what they have leased ahead.
        case waiting
        /// It cannot be asked, and this process has one that it has leased ahead.
        case spare
    }

    init(_ request: JoinRequest, generation: Int) {
        self.request = request
        self.generation = generation
    }
}
