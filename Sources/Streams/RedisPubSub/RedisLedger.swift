import PubSub
import Reactor
import Telemetry

/// The book of who is where, in Redis: a page for each room, a lease for each loop of each process.
///
/// A loop enters people under a name of its own. A name whose lease is over is never used again: whoever finds it has
/// its people taken out, and a process that was only slow enters its people anew under the next name.
final class RedisLedger: PresenceLedger, TimerTarget {
    /// Rooms of a dead process that are seen to at a time.
    private static let purgeBatch: Int64 = 100
    /// Rooms with departures that are kept while Redis is away.
    private static let owedLimit = 10_000

    /// What its timers are for.
    enum Timer: UInt8 { case renewal, recount }

    let loop: EventLoop
    let settings: RedisSettings
    let places: any RedisPlaces
    private var generation = 1
    private(set) var name: String
    /// Seats leased ahead.
    var seats = SeatBook()
    /// Runs while others may not have entered their people into a Redis that has lost them, so that free seats are not
    /// known to be free.
    var recount = TimerID.none
    /// Pages that are to be read after that.
    var rollsToRead: [(room: String, answer: (LedgerRoll?) -> Void)] = []
    /// In which books the lease under the present name has begun.
    private var leased: Set<Int> = []
    /// Names whose lease was found over, and since when this loop has known.
    private var overdue: [String: Int64] = [:]
    /// How many people of this loop are in each room.
    private var rooms: [String: Set<String>] = [:]
    /// Departures that Redis has not confirmed: told again when it is back.
    private var owed: [String: Set<String>] = [:]
    /// Whether Redis may have it otherwise: more was owed than is kept, or it has refused something as it does when it
    /// is full. Then everything is entered anew, once it takes what it is told.
    private var isConfused = false
    /// Rooms that this loop is going to look at, whether they are empty still.
    var watched: Set<String> = []
    /// Rooms of which the last note had no answer: it may stand in the book.
    var unanswered: Set<String> = []
    /// Notes that wait until others have had the time to enter their people.
    var notesToAsk: [() -> Void] = []
    private var begunAt = Int64.min / 2
    private var isResigned = false
    private var timer = TimerID.none
    var listeners: [any BrokerListener] = []
    /// Told when Redis has forgotten what this process was.
    var onForgotten: [() -> Void] = []

    init(_ loop: EventLoop, _ settings: RedisSettings, _ places: any RedisPlaces) {
        self.loop = loop
        self.settings = settings
        self.places = places
        name = "\(settings.instance).\(loop.index).1"
        places.onReady = { [unowned self] in ready($0, $1) }
        timer = loop.startTimer(after: renewal, kind: Timer.renewal.rawValue, target: self)
    }

    private var books: Range<Int> { 0..<places.bookCount }

    /// A Redis is there, perhaps again: what it may not have taken is told first.
    private func ready(_ isPlaceOf: (RedisPlace) -> Bool, _ mayHaveLost: Bool) {
        if isConfused || mayHaveLost {
            beginAnew("Redis may have lost who is here", hasLost: mayHaveLost)
        } else {
            for book in books where isPlaceOf(.book(book)) { renew(in: book) }
        }
        for (room, users) in owed where isPlaceOf(.room(room)) {
            for user in users { sendDeparture(user, room) }
        }
        for room in rooms.keys where isPlaceOf(.book(places.book(of: room))) { enterRoom(room) }
        for listener in listeners { listener.brokerCanPublish() }
    }

    /// Two thirds of the lease are Redis' own, so that two renewals may be lost; the last third is how long a name must
    /// be seen to be over, so that those who come back together after a failure of Redis have time to.
    private var term: Int64 { settings.leaseMilliseconds * 2 / 3 }
    private var patience: Int64 { settings.leaseMilliseconds - term }
    private var renewal: Int64 { settings.leaseMilliseconds / 5 }

    private func channel(_ room: String) -> RedisArgument {
        .text(BrokerChannel(.presence, of: room).name)
    }

    // MARK: People

    func arrive(
        _ person: LedgerPerson, in room: String, _ wanted: LedgerSeats,
        _ answer: @escaping (LedgerArrival) -> Void
    ) {
        if isRecounting, wanted.mustFit, wanted.limit > 0 { return answer(.away) }
        if rooms[room] == nil { enterRoom(room) }
        owed[room]?.remove(person.user)
        rooms[room, default: []].insert(person.user)
        seats.note(wanted.limit, of: room)
        let asked = name
        let arguments: [RedisArgument] = [
            .text(person.user), .text(name), .bytes(person.author), person.takesSeat ? "1" : "0",
            .integer(Int64(wanted.limit)), channel(room), .text(room), wanted.mustFit ? "1" : "0",
            .integer(aheadLimit),
        ]
        places.run(.arrive, keys: places.keys.room(room), arguments, at: .room(room)) { [weak self] result in
            guard case .success(let reply) = result, let numbers = reply.members?.compactMap(\.number),
                numbers.count == 2
            else {
                self?.note(result)
                return answer(.away)
            }
            if numbers[0] == 1 || numbers[0] == 2 {
                self?.heard(numbers[1], of: room, as: asked)
                return answer(.arrived)
            }
            self?.forget(person.user, room)
            answer(numbers[0] == 3 ? .reserved : .full)
        }
    }

    private func note(_ result: Result<RedisReply, RedisError>) {
        if case .failure(.refused) = result { isConfused = true }
    }

    /// Whether somebody of this loop is in a room.
    func isIn(_ room: String) -> Bool { rooms[room] != nil }

    func enterRoom(_ room: String) { list("SADD", room) }

    private func list(_ command: RedisArgument, _ room: String) {
        let book = places.book(of: room)
        places.send([command, .text(places.keys.rooms(name, book)), .text(room)], at: .book(book))
    }

    func depart(_ user: String, from room: String) {
        owed[room, default: []].insert(user)
        if owed.count > RedisLedger.owedLimit {
            owed = [:]
            isConfused = true
        }
        sendDeparture(user, room)
    }

    private func sendDeparture(_ user: String, _ room: String) {
        let arguments: [RedisArgument] = [
            .text(user), .text(name), channel(room), .text(room), isLast(room) ? "1" : "0",
        ]
        places.run(.depart, keys: places.keys.room(room), arguments, at: .room(room)) { [weak self] result in
            self?.note(result)
            guard case .success = result, let self, owed[room]?.remove(user) != nil else { return }
            if owed[room]?.isEmpty == true { owed[room] = nil }
            forget(user, room)
        }
    }

    /// Whether nobody of this loop stays in a room whose departures have been told.
    private func isLast(_ room: String) -> Bool {
        let (here, leaving) = (rooms[room] ?? [], owed[room] ?? [])
        // The first comparison spares the second one where many are there.
        return here.count <= leaving.count && here.isSubset(of: leaving)
    }

    private func forget(_ user: String, _ room: String) {
        rooms[room]?.remove(user)
        guard rooms[room]?.isEmpty == true else { return }
        rooms[room] = nil
        seats.forget(room)
        leaveRoom(room)
    }

    /// Nobody of this loop is in the room: if it dies there is nothing to do in it.
    func leaveRoom(_ room: String) {
        guard rooms[room] == nil, !watched.contains(room) else { return }
        list("SREM", room)
    }

    func reseat(_ user: String, in room: String, takesSeat: Bool) {
        let arguments: [RedisArgument] = [.text(user), takesSeat ? "1" : "0"]
        let keys = Array(places.keys.room(room).prefix(2))
        places.run(.reseat, keys: keys, arguments, at: .room(room)) { [weak self] in self?.note($0) }
    }

    // MARK: Leases

    func timerFired(kind: UInt8) {
        guard kind == Timer.renewal.rawValue else { return endRecount() }
        timer = loop.startTimer(after: renewal, kind: Timer.renewal.rawValue, target: self)
        for book in books { renew(in: book) }
    }

    private func renew(in book: Int) {
        guard !isResigned else { return }
        let asked = name
        let isFirst = !leased.contains(book)
        let arguments: [RedisArgument] = [.text(name), .integer(term), isFirst ? "1" : "0"]
        places.run(.renew, keys: [places.keys.instances(book)], arguments, at: .book(book)) {
            [weak self] result in
            guard let self, case .success(let reply) = result, let members = reply.members,
                members.count == 2
            else { return }
            see(members[1].members?.compactMap(\.text) ?? [], in: book)
            guard asked == name else { return }
            if members[0] == .integer(1) {
                leased.insert(book)
                // Once in a lease's time: one that refuses some of it for ever is not to be asked for all of it again.
                if isConfused, loop.now - begunAt >= settings.leaseMilliseconds {
                    beginAnew("Redis did not take all that it was told")
                }
            } else {
                beginAnew("Redis has taken this process for gone")
            }
        }
    }

    /// The lease was lost, or what was entered may be: all goes under another name.
    private func beginAnew(_ cause: String, hasLost: Bool = false) {
        Log.notice("\(cause): the people of loop \(loop.index) are entered anew")
        isConfused = false
        begunAt = loop.now
        let old = name
        generation += 1
        name = "\(settings.instance).\(loop.index).\(generation)"
        leased = []
        rooms = [:]
        owed = [:]
        seats.forgetAll(keepsFree: hasLost)
        if hasLost { beginRecount() }
        for room in watched { enterRoom(room) }
        for book in books { renew(in: book) }
        for listener in listeners { listener.brokerForgotPeople() }
        for tell in onForgotten { tell() }
        for book in books { purge(old, in: book) }
    }

    /// Takes the people of names out whose lease has been over for long enough.
    private func see(_ over: [String], in book: Int) {
        for old in over where old != name {
            let since = overdue["\(book) \(old)"] ?? loop.now
            overdue["\(book) \(old)"] = since
            if loop.now - since >= patience { purge(old, in: book) }
        }
        let found = Set(over.map { "\(book) \($0)" })
        overdue = overdue.filter { found.contains($0.key) || !$0.key.hasPrefix("\(book) ") }
    }

    private func purge(_ old: String, in book: Int) {
        let key = places.keys.rooms(old, book)
        let look: [RedisArgument] = ["SRANDMEMBER", .text(key), .integer(RedisLedger.purgeBatch)]
        places.send(look, at: .book(book)) { [weak self] result in
            guard let self, case .success(let reply) = result, let rooms = reply.members else { return }
            guard !rooms.isEmpty else {
                return places.send(["ZREM", .text(places.keys.instances(book)), .text(old)], at: .book(book))
            }
            var left = rooms.count
            for room in rooms.compactMap(\.text) {
                purge(old, room) { [weak self] in
                    self?.places.send(["SREM", .text(key), .text(room)], at: .book(book))
                    self?.tookOut(of: room)
                    left -= 1
                    if left == 0 { self?.purge(old, in: book) }
                }
            }
        }
    }

    private func purge(_ old: String, _ room: String, _ done: @escaping () -> Void) {
        let arguments: [RedisArgument] = [.text(old), channel(room), .text(room)]
        places.run(.purge, keys: places.keys.room(room), arguments, at: .room(room)) { result in
            if case .success = result { done() }
        }
    }

    private func tookOut(of room: String) {
        for listener in listeners { listener.brokerTookPeopleOut(of: room) }
    }

    func resign(graceMilliseconds: Int64) {
        isResigned = true
        for room in seats.names { giveBackSpares(in: room) }
        loop.cancelTimer(&timer)
        let arguments: [RedisArgument] = [
            .text(name), .integer(max(0, graceMilliseconds - patience)), "1",
        ]
        for book in books {
            places.run(.renew, keys: [places.keys.instances(book)], arguments, at: .book(book)) { _ in }
        }
    }
}
