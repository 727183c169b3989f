import ClientProtocol
import Identity
import PubSub
import Reactor
import Storage

// Seats. A process that serves alone counts its people. Where several serve, the ledger counts; while it cannot be asked
// who was in the room then keeps their seat, wherever they come back, and somebody new needs one of those that this
// process has leased ahead. So all together never let in more than there are seats.
extension RoomHome {
    static let full = ClientError(.roomFull, "The room is full.", field: "room", retryAfter: 10_000)
    private static let uncounted = ClientError(
        .unavailable, "The room's seats cannot be counted now. Try again.", field: "room", retryAfter: 1000)
    /// How often a seat is asked for that another process has leased ahead.
    private static let attemptLimit = 10
    /// How long that one has each time to give it back, in milliseconds.
    private static let pauseMilliseconds: Int64 = 30

    // MARK: By the ledger

    /// Asks for a seat for somebody who is about to come in, where seats are counted over all processes.
    ///
    /// - Returns: Whether the join has to wait for the answer.
    func claimsSeat(_ ticket: UInt64, _ role: Role) -> Bool {
        guard let join = joins[ticket], let link, link.state == .live, let ledger = shard.broker?.ledger,
            needsSeat(join, role), let record, join.claim == .none
        else { return false }
        join.claim = .asked
        let entry = RoomHome.entry(join.request.author, takesSeat: true)
        ledger.arrive(entry, in: id, LedgerSeats(record.maxParticipants, mustFit: true)) {
            [weak self] outcome in self?.claimed(ticket, entry.user, outcome)
        }
        return true
    }

    private func needsSeat(_ join: PendingJoin, _ role: Role) -> Bool {
        role == .member && people[join.request.principal.user] == nil && record?.maxParticipants ?? 0 > 0
    }

    private func claimed(_ ticket: UInt64, _ user: String, _ outcome: LedgerArrival) {
        guard let join = joins[ticket] else {
            // It was given up meanwhile.
            if outcome == .arrived { release(user) }
            return
        }
        switch outcome {
        case .full: give(up: ticket, RoomHome.full)
        case .reserved: wait(ticket, join)
        case .arrived, .away:
            join.claim = outcome == .arrived ? .held : .unanswered
            proceed(ticket)
        }
    }

    /// Gives a seat back that nobody took.
    func release(_ user: String) {
        let others = joins.values.contains { $0.claim == .held && $0.request.principal.user == user }
        guard people[user] == nil, !others else { return }
        shard.broker?.ledger.depart(user, from: id)
    }

    /// Another process gives back what it has leased ahead, unless it is gone.
    private func wait(_ ticket: UInt64, _ join: PendingJoin) {
        join.seatAttempts += 1
        guard let link, join.seatAttempts < RoomHome.attemptLimit else {
            return give(up: ticket, RoomHome.full)
        }
        join.claim = .waiting
        guard link.seatTimer == .none else { return }
        link.seatTimer = shard.loop.startTimer(
            after: RoomHome.pauseMilliseconds, kind: Timer.seats.rawValue, target: self)
    }

    /// Asks again for all who wait for a seat.
    func claimAgain() {
        link?.seatTimer = .none
        for ticket in joins.keys.sorted() where joins[ticket]?.claim == .waiting {
            joins[ticket]?.claim = .none
            proceed(ticket)
        }
    }

    // MARK: Without it

    /// Takes a seat for a join for which the ledger has none.
    ///
    /// - Returns: Why there is none.
    func takeSeat(_ ticket: UInt64, _ role: Role) -> ClientError? {
        guard let join = joins[ticket], needsSeat(join, role), join.claim != .held, join.claim != .spare
        else { return nil }
        let user = join.request.principal.user
        if let link, link.seated.contains(user) { return nil }
        guard takenSeats(but: user) < record?.maxParticipants ?? 0 else { return RoomHome.full }
        guard link != nil else { return nil }
        guard shard.broker?.ledger.takeSpare(in: id) == true else { return RoomHome.uncounted }
        join.claim = .spare
        return nil
    }

    private func takenSeats(but user: String) -> Int {
        var taken = people.values.count { $0.takesSeat }
        taken += link?.elsewhere.values.count { $0.takesSeat } ?? 0
        for join in joins.values
        where join.holdsSeat && join.request.principal.user != user
            && people[join.request.principal.user] == nil
        {
            taken += 1
        }
        return taken
    }

    /// Somebody has come in on a seat that was leased ahead.
    func sit(_ person: Person) {
        // Two of their connections came at once, each with a seat.
        guard !person.isOnSpare else { return shard.broker?.ledger.returnSpare(in: id) ?? () }
        person.isOnSpare = true
    }

    /// Somebody is here no more; their seat may be one that was leased ahead.
    func leaveSeat(_ person: Person) {
        guard person.isOnSpare else { return }
        person.isOnSpare = false
        shard.broker?.ledger.returnSpare(in: id)
    }

    /// Nobody can be asked from now on: who has a seat keeps it.
    func keepSeats(_ link: RoomLink) {
        link.seated = Set(people.values.lazy.filter { $0.takesSeat && !$0.isOnSpare }.map(\.author.id))
        for (user, person) in link.elsewhere where person.takesSeat { link.seated.insert(user) }
    }

    /// Everybody here has been entered again, by their names.
    func settleSeats() {
        link?.seated = []
        if forgetSpares() { shard.broker?.ledger.settleSpares(in: id) }
    }

    /// The ledger knows nothing of seats that were leased ahead any more.
    ///
    /// - Returns: Whether somebody sits on one.
    @discardableResult
    func forgetSpares() -> Bool {
        var wasUsed = false
        for person in people.values where person.isOnSpare {
            person.isOnSpare = false
            wasUsed = true
        }
        for join in joins.values where join.claim == .spare {
            join.claim = .none
            wasUsed = true
        }
        return wasUsed
    }
}
