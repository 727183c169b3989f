import Bytes
import PubSub
import Reactor
import Webhooks

// Which rooms have people in them, for the owner's own service. Where several processes serve a room the ledger decides who
// tells it: each asks when the first person comes to it, and when the room has been empty for the usual time.
extension RoomHome {
    private var desk: EventDesk? {
        guard let events = shard.context.events, events.tellsOccupancy else { return nil }
        return events
    }

    /// There are people here.
    func noteOccupied() {
        guard let desk, !people.isEmpty else { return }
        shard.loop.cancelTimer(&vacancyTimer)
        guard let ledger = shard.broker?.ledger else {
            guard !isToldOccupied else { return }
            isToldOccupied = true
            return desk.tell(.roomOccupied, ServiceEvent(.roomOccupied, room: id))
        }
        // One question for the first person of this process; the ledger can be asked again when it is back.
        let room = id
        ledger.note(room, isOccupied: true, wasOccupied: isToldOccupied) { [weak self] note in
            if note != .away { self?.isToldOccupied = true }
            guard case .noted(let at) = note else { return }
            let moment = Timestamp(milliseconds: at)
            desk.tell(.roomOccupied, ServiceEvent(.roomOccupied, at: moment, room: room))
        }
    }

    /// Somebody is not here any more, or at another process.
    func noteVacancy() {
        guard let desk, people.isEmpty else { return }
        shard.loop.cancelTimer(&vacancyTimer)
        shard.broker?.ledger.watch(id)
        vacancyTimer = shard.loop.startTimer(
            after: desk.vacancyMilliseconds, kind: Timer.vacancy.rawValue, target: self)
    }

    /// The room has been empty for the usual time, as far as is known here.
    func vacate() {
        guard let desk, people.isEmpty else { return }
        guard let ledger = shard.broker?.ledger else { return leaveVacant() }
        let room = id
        ledger.note(room, isOccupied: false, wasOccupied: isToldOccupied) { [weak self] note in
            if note != .away { self?.isToldOccupied = false }
            switch note {
            case .noted(let at):
                let moment = Timestamp(milliseconds: at)
                desk.tell(.roomVacated, ServiceEvent(.roomVacated, at: moment, room: room))
            case .unchanged: break
            case .away: self?.noteVacancy()
            }
        }
    }

    /// Tells that nobody is here, where this process serves alone and has told that somebody was.
    func leaveVacant() {
        guard let desk, link == nil, isToldOccupied else { return }
        isToldOccupied = false
        desk.tell(.roomVacated, ServiceEvent(.roomVacated, room: id))
    }
}
