/// Who is in which room, over all processes: one book with atomic entries.
///
/// Each change that matters is published on the room's channel ``BrokerChannel/Kind/presence`` with the version that it
/// made of the room's page, in the order of the versions: `user_joined` when a person is there who was at no process
/// before, `user_left` when they are at none any more. A process that is silent for the lease is taken for gone, and
/// with it its people.
public protocol PresenceLedger: AnyObject {
    /// A person is at this process, in a seat where they need one.
    ///
    /// Where many seats are free some are leased ahead on the way, for those who come while the ledger is away.
    ///
    /// - Parameter answer: Called once, also where nobody can be reached.
    func arrive(
        _ person: LedgerPerson, in room: String, _ seats: LedgerSeats,
        _ answer: @escaping (LedgerArrival) -> Void)

    /// Takes a seat that this process has leased ahead, for somebody who comes while the ledger cannot be asked.
    ///
    /// - Returns: Whether there was one.
    func takeSpare(in room: String) -> Bool

    /// Somebody has left who had such a seat, or did not take it.
    func returnSpare(in room: String)

    /// Those who have taken such seats have been entered, so that the seats are theirs.
    func settleSpares(in room: String)

    /// Gives back what nobody has taken: another process needs it.
    func giveBackSpares(in room: String)

    /// A person is not at this process any more.
    func depart(_ user: String, from room: String)

    /// A person who is here takes a seat from now on, or none.
    func reseat(_ user: String, in room: String, takesSeat: Bool)

    /// Everybody in a room, with the version of its page; nil where the ledger cannot be reached.
    func roll(of room: String, _ answer: @escaping (LedgerRoll?) -> Void)

    /// Notes in the book that a room has people in it, or none, where that is so and is not noted yet.
    ///
    /// Of all processes that ask, one is told that it was the first to; also where it has to ask again, since it had no
    /// answer. A book that has been lost answers when everybody has had the time to enter their people again.
    ///
    /// - Parameter wasOccupied: Whether this process knows that the room was noted as occupied, and of nothing since: then
    ///   a book that has lost that note is none the wiser.
    func note(
        _ room: String, isOccupied: Bool, wasOccupied: Bool, _ answer: @escaping (LedgerNote) -> Void)

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

/// A room's seats, for somebody who arrives.
public struct LedgerSeats: Hashable, Sendable {
    /// How many there are; 0 for no bound.
    public var limit: Int
    /// Whether they come in only where one is free; otherwise they are in already.
    public var mustFit: Bool

    /// Seats.
    public init(_ limit: Int, mustFit: Bool) {
        self.limit = limit
        self.mustFit = mustFit
    }
}

/// What became of an arrival.
public enum LedgerArrival: Sendable, Equatable {
    /// They are in.
    case arrived
    /// No seat is free.
    case full
    /// Those that are free have been leased ahead by other processes, which have been asked to give them back.
    case reserved
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
