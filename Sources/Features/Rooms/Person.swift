import PubSub
import Reactor
import Storage

/// Somebody who is present in a room, over all their connections, or was within the grace.
final class Person: TimerTarget {
    enum Timer: UInt8 { case grace, typing }

    unowned let home: RoomHome
    var author: Author
    var role: Role
    var connections = ShortList<PersonConnection>()
    var grace = TimerID.none
    var typing = TimerID.none
    var typingAnnounced: Int64 = 0
    /// How far the room has been told that they have read.
    var readAnnounced: Int64 = 0

    init(_ home: RoomHome, author: Author, role: Role) {
        self.home = home
        self.author = author
        self.role = role
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
}
