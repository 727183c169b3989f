import PubSub
import Reactor
import Storage

/// What a room's home knows of the same room at other processes.
///
/// ```
///   closed ──first join──► opening ──subscribed, roll read──► live
///                             └──nobody reached──► cut ◄──lost──┘
///                                                   └──subscribed, roll read──► live
/// ```
/// While it is cut the members here go on: what the others said comes from the store, who is there stays as it was.
final class RoomLink {
    enum State { case closed, opening, live, cut }

    /// Somebody who is present at other processes alone.
    struct Elsewhere {
        var author: Author
        var takesSeat: Bool
        /// How far those here have been told that they have read.
        var readAnnounced: Int64 = 0
    }

    /// A change of the ledger on its way in.
    struct Step {
        var version: Int64
        var author: Author
        var isHere: Bool
    }

    /// An event that is ahead of those that have been told.
    struct Held {
        var frame: SharedFrame
        var isMessage: Bool
    }

    /// How long a join waits for the other processes.
    static let openingMilliseconds: Int64 = 1000
    /// How long an event that is ahead waits for those before it to come by themselves.
    static let patienceMilliseconds: Int64 = 30
    /// How long after a reading that failed the next one comes.
    static let retryMilliseconds: Int64 = 500
    /// Events ahead that are held; more are read from the store when their turn comes.
    static let heldLimit = 512
    /// Events that one reading brings.
    static let healedLimit = 256

    let channels: [BrokerChannel]
    var state = State.closed
    var isSubscribed: Set<BrokerChannel.Kind> = []
    /// Whether it was live and is cut, so that something may have been missed.
    var wasCut = false
    var elsewhere: [String: Elsewhere] = [:]
    /// Who had a seat when the ledger was lost: it is theirs until it is back, also where they go and come again.
    var seated: Set<String> = []
    /// Runs while joins wait for seats that other processes have leased ahead.
    var seatTimer = TimerID.none
    /// The ledger's page as it is known here; nil where it has to be read.
    var version: Int64?
    var steps: [Step] = []
    var isReadingRoll = false
    /// Tells the answer to the last reading from those before it.
    var rollNumber = 0
    var held: [Int64: Held] = [:]
    /// The newest event that is known to be in the store.
    var target: Int64 = 0
    var isHealing = false
    var healTimer = TimerID.none
    var openingTimer = TimerID.none
    /// Whether something could not be published: the others are told of the position as soon as they can be.
    var isBehind = false
    /// The newest event from here, 0 for none: it may be lost with the connection that it left by.
    var published: Int64 = 0
    var checkedAt: Int64 = 0
    /// When the rights of those here were last compared with the store.
    var judgedAt: Int64 = 0

    init(_ room: String) {
        channels = [.messages, .documents, .presence, .control].map { BrokerChannel($0, of: room) }
    }

    var isOpen: Bool { state != .closed }
}
