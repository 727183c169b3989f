import Bytes

/// A connection's part in a run.
struct Seat: Sendable {
    /// Which room, from 0; rooms of bystanders come last.
    var room: Int
    /// Which person, from 0, over the whole run.
    var person: Int
    /// The how-manieth publisher of the room it is, or nil.
    var publisher: Int?
    /// Whether it receives what is published in the room.
    var receives: Bool
    /// Which of several servers it is at.
    var instance = 0
}

/// Where a member was in its room when it went.
struct ResumePosition: Equatable, Sendable {
    var epoch: String
    var offset: UInt64
}

/// What a message of the server is to the load.
enum Incoming {
    /// A publication; where its payload is in the text.
    case delivery(Range<Int>)
    /// The connection is where it wanted to be.
    case ready
    /// A send is done; the number given to ``Driver/publish(_:_:number:into:)``.
    case acknowledged(UInt32)
    /// The server refuses something.
    case refused
    /// People came to a room or left it.
    case presence
    /// Prices; what they are is the scene's to read.
    case values
    /// Nothing that counts.
    case aside
}

/// How one kind of server is spoken to.
protocol Driver: Sendable {
    /// The path and query to connect to.
    func target(_ seat: Seat, since: ResumePosition?) -> String
    /// Further fields of the request.
    func headers(_ seat: Seat) -> [(name: StaticString, value: String)]
    /// What to send when the connection is open; empty where the path says all.
    func greeting(_ seat: Seat, since: ResumePosition?) -> String
    /// Whether a connection that is open is ready, without a word of the server.
    func isReadyWhenOpen(_ seat: Seat) -> Bool
    /// Reads what begins at `position` of a message, and moves it to the next part; most messages have one part.
    func read(_ text: Span<UInt8>, at position: inout Int) -> Incoming
    /// Where a message that was a delivery or made the connection ready leaves its reader.
    func position(_ text: Span<UInt8>) -> (epoch: String?, offset: UInt64?)
    /// Appends the message that publishes a payload.
    func publish(_ payload: [UInt8], _ seat: Seat, number: UInt32, into text: inout ByteBuffer)
    /// Whether sends are acknowledged.
    var acknowledges: Bool { get }
}

extension Driver {
    func headers(_ seat: Seat) -> [(name: StaticString, value: String)] { [] }
    func greeting(_ seat: Seat, since: ResumePosition?) -> String { "" }
    func isReadyWhenOpen(_ seat: Seat) -> Bool { !seat.receives }
    func position(_ text: Span<UInt8>) -> (epoch: String?, offset: UInt64?) { (nil, nil) }
    var acknowledges: Bool { false }
}

extension Span where Element == UInt8 {
    /// Whether the bytes at `index` are those of a literal.
    func holds(_ literal: StaticString, at index: Int) -> Bool {
        let length = literal.utf8CodeUnitCount
        guard index >= 0, index + length <= count else { return false }
        return extracting(index..<index + length).equals(literal)
    }

    /// Where a literal ends for the first time from `start` on, or nil.
    func end(of literal: StaticString, from start: Int = 0) -> Int? {
        let length = literal.utf8CodeUnitCount
        var index = start
        while index + length <= count {
            if holds(literal, at: index) { return index + length }
            index += 1
        }
        return nil
    }

    /// The decimal number at `index`.
    func number(at index: Int) -> UInt64 {
        var index = index
        var value: UInt64 = 0
        while index < count, ASCII.isDigit(self[index]) {
            value = value &* 10 &+ UInt64(self[index] - 0x30)
            index += 1
        }
        return value
    }
}
