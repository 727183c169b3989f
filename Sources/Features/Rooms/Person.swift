import PubSub
import Reactor
import Storage

/// Somebody who is present in a room, over all their connections, or was within the grace.
final class Person: TimerTarget {
    enum Timer: UInt8 { case grace, typing }

    unowned let home: RoomHome
    var author: Author
    /// Their role by their membership.
    var stored: Role
    /// What the tokens of their connections lend them; within the grace, what the last one did.
    private(set) var granted: Role?
    var connections = ShortList<PersonConnection>()
    var grace = TimerID.none
    var typing = TimerID.none
    var typingAnnounced: Int64 = 0
    /// How far the room has been told that they have read.
    var readAnnounced: Int64 = 0
    /// When they were told that nobody can say whether they may stay, by the wall clock; 0 for never.
    var warnedAt: Int64 = 0
    /// Whether the ledger of all processes has them in a seat; nil where they are not entered.
    var enteredSeat: Bool?
    /// Whether they came on a seat that was leased ahead, while the ledger could not be asked.
    var isOnSpare = false

    init(_ home: RoomHome, author: Author, stored: Role) {
        self.home = home
        self.author = author
        self.stored = stored
    }

    /// The higher one of their own role and the one that their tokens lend.
    var role: Role { RoomAccess.effective(stored, granted) }

    /// Takes the highest role that a token of their connections lends.
    func takeGrants() {
        granted = connections.compactMap(\.granted).min { $0.outranks($1) }
    }

    /// Whether they take one of the room's seats: owners and moderators do not.
    var takesSeat: Bool { role == .member }

    func timerFired(kind: UInt8) {
        if kind == Timer.grace.rawValue {
            grace = .none
            home.depart(self)
        } else {
            typing = .none
            home.announceTyping(self, isTyping: false)
        }
    }
}

/// One of a person's connections in a room.
struct PersonConnection {
    let handle: SubscriberHandle
    /// Whether it gets compressed frames.
    let isDeflating: Bool
    /// The role that its token lends in the room.
    var granted: Role?
}
