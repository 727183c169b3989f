import JSON
import PubSub
import Reactor
import Storage

// Order over all processes (DESIGN 3.1, 3.3): each event has its `seq` from the store; the next one goes out, an older one
// is known already, and one that is ahead waits for those before it, which come by themselves or are read from the store.
extension RoomHome {
    /// Takes an event into the room's order.
    func admit(_ seq: Int64, _ frame: SharedFrame, isMessage: Bool) {
        guard let head = ring?.head, seq > head else { return }
        guard seq == head + 1 else { return hold(seq, RoomLink.Held(frame: frame, isMessage: isMessage)) }
        deliver(frame, isMessage: isMessage)
        guard let link, !link.held.isEmpty else { return }
        while let next = ring?.head, let held = link.held.removeValue(forKey: next + 1) {
            deliver(held.frame, isMessage: held.isMessage)
        }
    }

    private func hold(_ seq: Int64, _ event: RoomLink.Held) {
        guard let link else { return }
        if link.held.count < RoomLink.heldLimit { link.held[seq] = event }
        expectEvents(through: seq)
    }

    /// The store has events up to a position, and those that have not come by themselves soon are read.
    func expectEvents(through seq: Int64) {
        guard let link, let head = ring?.head, seq > head else { return }
        link.target = max(link.target, seq)
        guard !link.isHealing, link.healTimer == .none else { return }
        link.healTimer = shard.loop.startTimer(
            after: RoomLink.patienceMilliseconds, kind: Timer.heal.rawValue, target: self)
    }

    /// Reads what is missing, where something still is.
    func heal() {
        guard let link, !link.isHealing, let head = ring?.head, head < link.target else { return }
        link.isHealing = true
        let (context, room) = (shard.context, id)
        Task {
            let events = try? await context.messages.events(
                room: room, after: head, limit: RoomLink.healedLimit)
            context.post(.healed(room: room, events), to: room)
        }
    }

    /// What was missing has been read; nil where the store could not.
    func healed(_ events: [StoredEvent]?) {
        guard let link, let head = ring?.head else { return }
        link.isHealing = false
        guard let events else { return healLater(link, RoomLink.retryMilliseconds) }
        if let first = events.first, first.seq > head + 1 { leap(from: head, to: first.seq) }
        for event in events {
            shard.counters.healed += 1
            admit(event.seq, frame(RoomPush.event(event).span), isMessage: event.isMessage)
        }
        if events.isEmpty {
            // Nobody has what was announced.
            link.held = [:]
            link.target = ring?.head ?? 0
        }
        link.held = link.held.filter { $0.key > ring?.head ?? 0 }
        if let head = ring?.head, head < link.target { healLater(link, 0) }
    }

    private func healLater(_ link: RoomLink, _ milliseconds: Int64) {
        guard link.healTimer == .none else { return }
        link.healTimer = shard.loop.startTimer(
            after: milliseconds, kind: Timer.heal.rawValue, target: self)
    }

    /// The store has let go of what was missing: nobody can be told of it any more.
    private func leap(from head: Int64, to seq: Int64) {
        broadcast(RoomPush.gap(room: id, from: head + 1, to: seq - 1, reason: ReplayGap.retention.rawValue))
        beginRing(after: seq - 1)
    }

    // MARK: Comparing with the store

    /// Compares with the store, as after the other processes could not be heard.
    func checkPosition() { shard.checkPositions(of: [id]) }

    /// Where the store says that the room is.
    func take(_ position: RoomPosition) {
        link?.checkedAt = shard.loop.now
        expectEvents(through: position.seq)
        if let record, position.updatedAt > record.updatedAt { readSettings() }
    }

    /// Looks at the rights of those who are here, which may have changed without a word.
    func checkStandings() {
        guard !people.isEmpty else { return }
        link?.judgedAt = shard.loop.now
        let (context, room, users) = (shard.context, id, Array(people.keys))
        Task {
            guard let standings = try? await context.rooms.standings(room, users: users) else { return }
            context.post(.standings(room: room, standings), to: room)
        }
    }

    /// The rights of those who are here, as the store has them.
    func take(_ standings: [RoomStanding]) {
        for standing in standings {
            guard let person = people[standing.user] else { continue }
            guard let role = standing.role, !standing.isBanned else {
                // Banned, or no member any more: everybody who is here has been made one.
                evict(standing.user, isBan: standing.isBanned, reason: nil)
                continue
            }
            if role != person.stored { promote(standing.user, role) }
        }
    }
}
