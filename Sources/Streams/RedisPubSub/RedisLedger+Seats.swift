import PubSub
import Reactor

// Seats that are leased ahead: while Redis is away somebody may come to a room only on one of these, so that all processes
// together never let in more than there are seats.
extension RedisLedger {
    /// Seats of one room that a loop has ahead at most.
    private static let aheadMost: Int64 = 100
    /// How long others may take to enter their people after Redis has lost them, in milliseconds: connections are tried
    /// again within two seconds.
    private static let recountMilliseconds: Int64 = 2500

    var isRecounting: Bool { recount != .none }

    /// How many seats may be leased ahead now.
    var aheadLimit: Int64 { isRecounting ? 0 : RedisLedger.aheadMost }

    /// Redis says how many this loop has under a name.
    func heard(_ held: Int64, of room: String, as asked: String) {
        guard asked == name, !isRecounting else { return }
        seats.heard(held, of: room)
    }

    func takeSpare(in room: String) -> Bool { seats.take(in: room) }

    func returnSpare(in room: String) { seats.putBack(in: room) }

    func settleSpares(in room: String) { stock(room, keepsFree: true, ahead: aheadLimit) }

    func giveBackSpares(in room: String) {
        // A recount's end gives all of them back.
        guard seats.free(in: room) > 0, !isRecounting else { return }
        stock(room, keepsFree: false, ahead: 0)
    }

    private func stock(_ room: String, keepsFree: Bool, ahead: Int64) {
        guard let most = seats.settle(room, keepsFree: keepsFree) else { return }
        let asked = name
        let arguments: [RedisArgument] = [
            .text(name), .integer(most), .integer(seats.limit(of: room)), .integer(ahead),
        ]
        places.run(.stock, keys: places.keys.room(room), arguments, at: .room(room)) { [weak self] result in
            guard let self else { return }
            let isHeard = asked == name && !isRecounting
            let held: Int64? = if case .success(let reply) = result { reply.number } else { nil }
            seats.settled(room, held: isHeard ? held : nil)
        }
    }

    /// Redis has lost who is where: until all have said so again, what was leased before is all that is known.
    func beginRecount() {
        loop.cancelTimer(&recount)
        recount = loop.startTimer(
            after: RedisLedger.recountMilliseconds, kind: Timer.recount.rawValue, target: self)
    }

    /// All have had the time to: Redis counts again.
    func endRecount() {
        recount = .none
        seats.forgetAll(keepsFree: false)
        for room in seats.names {
            if isIn(room) {
                stock(room, keepsFree: true, ahead: aheadLimit)
            } else {
                seats.forget(room)
            }
        }
        let rolls = rollsToRead
        rollsToRead = []
        for (room, answer) in rolls { roll(of: room, answer) }
        askNotes()
    }
}
