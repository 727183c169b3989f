import PubSub

/// Something that lives at one place of Redis.
enum RedisPlace: Hashable {
    /// A room's page.
    case room(String)
    /// A topic.
    case topic(String)
    /// A value that may be taken once.
    case once(String)
    /// A quota that all processes count together.
    case rate(String)
    /// What each process has of somebody.
    case held(String)
    /// A duty that one process at a time has.
    case duty(String)
    /// A part of what is kept for the ledger as a whole: leases, and the rooms of each loop.
    case book(Int)
    /// The names of all topics of a cluster.
    case names
}

/// Where things live: at servers by hash, at one that Sentinels name, or by the slots of a cluster.
protocol RedisPlaces: AnyObject {
    /// What keys are called.
    var keys: RedisKeys { get }

    /// In how many parts the ledger's leases are kept; each room belongs to one.
    var bookCount: Int { get }

    /// Hears that a server takes commands, perhaps again: what it is the place of, and whether it may know less than
    /// its predecessor did.
    var onReady: ((_ isPlaceOf: (RedisPlace) -> Bool, _ mayHaveLost: Bool) -> Void)? { get set }

    /// Begins to connect.
    func start()

    /// Whether a channel can be published to and listened to.
    func reaches(_ channel: BrokerChannel) -> Bool

    func subscribe(to channel: BrokerChannel, _ listener: any BrokerListener)

    func unsubscribe(from channel: BrokerChannel)

    func publish(_ payload: Span<UInt8>, to channel: BrokerChannel) -> Bool

    /// Sends a command to where something lives.
    func send(_ arguments: [RedisArgument], at place: RedisPlace, _ answer: RedisConnection.Answer?)

    /// Runs a script where something lives.
    func run(
        _ script: RedisScript, keys: [String], _ arguments: [RedisArgument], at place: RedisPlace,
        _ answer: @escaping RedisConnection.Answer)

    /// The names of topics that begin so, of all places.
    func names(beginningWith prefix: String, _ answer: @escaping ([String]?) -> Void)
}

extension RedisPlaces {
    func send(_ arguments: [RedisArgument], at place: RedisPlace) { send(arguments, at: place, nil) }

    /// The part of the ledger that a room belongs to.
    func book(of room: String) -> Int {
        bookCount > 1 ? StableHash.place(of: room, among: bookCount) : 0
    }
}
