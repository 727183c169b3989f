/// Who is in which room, over all processes: one book with atomic entries.
///
/// Each change that matters is published on the room's channel ``BrokerChannel/Kind/presence`` with the version that it
/// made of the room's page, in the order of the versions: `user_joined` when a person is there who was at no process
/// before, `user_left` when they are at none any more. A process that is silent for the lease is taken for gone, and
/// with it its people.
public protocol PresenceLedger: AnyObject {
    /// A person is at this process, in a seat where they need one.
    ///
    /// - Parameters:
    ///   - seats: How many seats the room has; 0 for no bound.
    ///   - answer: Called once, also where nobody can be reached.
    func arrive(
        _ person: LedgerPerson, in room: String, seats: Int, _ answer: @escaping (LedgerArrival) -> Void)

    /// A person is not at this process any more.
    func depart(_ user: String, from room: String)

    /// A person who is here takes a seat from now on, or none.
    func reseat(_ user: String, in room: String, takesSeat: Bool)

    /// Everybody in a room, with the version of its page; nil where the ledger cannot be reached.
    func roll(of room: String, _ answer: @escaping (LedgerRoll?) -> Void)

    /// Notes in the book that a room has people in it, or none, where that is so and is not noted yet.
    ///
    /// Of all processes that ask, one is told that it was the first to.
    func note(_ room: String, isOccupied: Bool, _ answer: @escaping (LedgerNote) -> Void)

    /// This process is going to note that a room is empty; if it dies before, another one finds the room.
    func watch(_ room: String)

    /// This process is about to end: its people are gone after a grace, unless they come to another one.
    func resign(graceMilliseconds: Int64)
}

/// A person in the ledger.
public struct LedgerPerson: Hashable, Sendable {
    /// Their id.
    public var user: String
    /// Whom others see: a JSON object.
    public var author: [UInt8]
    /// Whether they take one of the room's seats.
    public var takesSeat: Bool

    /// A person.
    public init(user: String, author: [UInt8], takesSeat: Bool) {
        self.user = user
        self.author = author
        self.takesSeat = takesSeat
    }
}

/// What became of an arrival.
public enum LedgerArrival: Sendable, Equatable {
    /// They are in.
    case arrived
    /// No seat is free.
    case full
    /// The ledger cannot be reached.
    case away
}

/// What became of a note that a room has people in it, or none.
public enum LedgerNote: Sendable, Equatable {
    /// It is noted now, since a moment by the ledger's clock (Unix milliseconds).
    case noted(at: Int64)
    /// It is not so, or was noted before.
    case unchanged
    /// The ledger cannot be reached.
    case away
}

/// A room's page of the ledger.
public struct LedgerRoll: Sendable, Equatable {
    /// Counts the changes.
    public var version: Int64
    /// Everybody there.
    public var people: [LedgerPerson]

    /// A page.
    public init(version: Int64, people: [LedgerPerson]) {
        self.version = version
        self.people = people
    }
}
