/// The seats that a loop has leased ahead in rooms, for those who come while Redis is away.
///
/// What it counts is never more than what Redis has under this loop's name: what comes from Redis counts when it is
/// heard, what goes back counts when it is said.
struct SeatBook {
    private struct Seats {
        /// How many seats the room has.
        var limit: Int64
        /// How many of them are leased ahead.
        var held: Int64 = 0
        /// How many of these somebody sits on.
        var used: Int64 = 0
        /// Words on their way that some go back.
        var settling = 0
    }

    private var rooms: [String: Seats] = [:]

    /// The rooms in which seats may be leased.
    var names: [String] { Array(rooms.keys) }

    /// How many seats a room has; 0 where it has no bound or nobody of this loop is in it.
    func limit(of room: String) -> Int64 { rooms[room]?.limit ?? 0 }

    /// How many nobody sits on.
    func free(in room: String) -> Int64 { rooms[room].map { max(0, $0.held - $0.used) } ?? 0 }

    /// Somebody of this loop comes to a room with so many seats.
    mutating func note(_ limit: Int, of room: String) {
        guard limit > 0 else { return }
        rooms[room, default: Seats(limit: Int64(limit))].limit = Int64(limit)
    }

    /// Redis has so many seats under this loop's name.
    mutating func heard(_ held: Int64, of room: String) {
        guard let seats = rooms[room] else { return }
        // What was said after the question counts too.
        rooms[room]?.held = seats.settling > 0 ? min(seats.held, held) : held
    }

    /// Takes a seat; false where there is none.
    mutating func take(in room: String) -> Bool {
        guard free(in: room) > 0 else { return false }
        rooms[room]?.used += 1
        return true
    }

    /// Nobody sits on a seat any more that was taken.
    mutating func putBack(in room: String) {
        guard let seats = rooms[room], seats.used > 0 else { return }
        rooms[room]?.used -= 1
    }

    /// Those who sit on them have been entered by their names.
    ///
    /// - Parameter keepsFree: Whether the others are kept.
    /// - Returns: How many Redis is to leave under this loop's name; nil where it has none to leave.
    mutating func settle(_ room: String, keepsFree: Bool) -> Int64? {
        guard let seats = rooms[room] else { return nil }
        let free = free(in: room)
        rooms[room]?.held = keepsFree ? free : seats.used
        if keepsFree { rooms[room]?.used = 0 }
        rooms[room]?.settling += 1
        return keepsFree ? free : seats.used
    }

    /// Redis has answered that, or nobody will; then what counts here is less than it may have.
    mutating func settled(_ room: String, held: Int64?) {
        guard let seats = rooms[room], seats.settling > 0 else { return }
        rooms[room]?.settling -= 1
        if let held { heard(held, of: room) }
    }

    /// Nobody of this loop is in a room any more.
    mutating func forget(_ room: String) { rooms[room] = nil }

    /// Redis has nothing under this loop's name.
    ///
    /// - Parameter keepsFree: Whether nobody else has been given the seats, so that those that are free stay good.
    mutating func forgetAll(keepsFree: Bool) {
        for (room, seats) in rooms {
            rooms[room] = Seats(limit: seats.limit, held: keepsFree ? free(in: room) : 0)
        }
    }
}
