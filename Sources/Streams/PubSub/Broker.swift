/// Moves publications between the processes of one service, for the parts of one loop.
///
/// It, its listeners and what it calls back belong to that loop's thread. It may lose, repeat and reorder what goes
/// through it: durable channels heal from the store, and whoever keeps a state asks for all of it when it is
/// subscribed again.
public protocol Broker: AnyObject {
    /// What this process is called among the others.
    var instance: String { get }

    /// Whether the channel's publications reach other processes at the moment.
    func reaches(_ channel: BrokerChannel) -> Bool

    /// Delivers a channel's publications from now on, those of this process among them.
    ///
    /// ``BrokerListener/brokerSubscribed(to:)`` says when nothing is missed any more, also after each time that the
    /// connection was lost.
    func subscribe(to channel: BrokerChannel, _ listener: any BrokerListener)

    /// Delivers no more of a channel.
    func unsubscribe(from channel: BrokerChannel)

    /// Publishes.
    ///
    /// - Returns: Whether it is on its way; false where nobody can be reached.
    @discardableResult
    func publish(_ payload: Span<UInt8>, to channel: BrokerChannel) -> Bool

    /// Keeps a topic's value under the topic's name for other services to read, for so long.
    func keep(_ value: [UInt8], ofTopic name: String, milliseconds: Int64)

    /// The people in rooms, over all processes.
    var ledger: any PresenceLedger { get }

    /// The topics, over all processes.
    var topics: any TopicStore { get }
}

/// Who hears of a broker's channels.
public protocol BrokerListener: AnyObject {
    /// Something was published on a channel.
    func brokerDelivered(_ payload: [UInt8], on channel: BrokerChannel)
    /// From now on nothing is missed; what was published before may have been.
    func brokerSubscribed(to channel: BrokerChannel)
    /// From now on everything is missed, until it is subscribed again.
    func brokerLost(_ channel: BrokerChannel)
    /// The ledger has taken this process' people for gone: they have to arrive again.
    func brokerForgotPeople()
    /// The people of a process that has died have been taken out of a room.
    func brokerTookPeopleOut(of room: String)
    /// What is published from now on reaches others; what was published before may not have.
    func brokerCanPublish()
}

extension BrokerListener {
    /// Nothing to do for those who keep no people.
    public func brokerTookPeopleOut(of room: String) {}
}

/// A channel between processes.
///
/// The names are those on which other services may publish and listen: `room:{id}:messages`, `room:{id}:documents`,
/// `room:{id}:presence`, `room:{id}:control`, `topic:{name}`, `global:notifications`; and `stoa:tables`, `stoa:said`,
/// `stoa:prices` and `stoa:topics` among ourselves.
public struct BrokerChannel: Hashable, Sendable {
    /// What goes over it.
    public enum Kind: UInt8, Sendable {
        /// A room's durable events, and what other services say there.
        case messages
        /// Of these events those that share or highlight a document, again, and what other services say there.
        case documents
        /// Who comes to and goes from a room, who types.
        case presence
        /// What processes tell each other of a room: settings, roles, bans.
        case control
        /// Pushes to people, whatever process they are connected to.
        case notifications
        /// The rooms in which something was said, for those who have members there and nobody in them.
        case said
        /// What processes tell each other of tables that all keep in memory.
        case tables
        /// What processes tell each other of prices: where it is worth to look.
        case prices
        /// A topic's publications; its key is the whole name.
        case topic
        /// The names of topics that begin, for those whose patterns cover them.
        case topics
    }

    /// What goes over it.
    public let kind: Kind
    /// The room or topic; empty where the channel is of neither.
    public let key: String

    /// A channel.
    public init(_ kind: Kind, of key: String = "") {
        self.kind = kind
        self.key = key
    }

    /// Its name at the broker.
    public var name: String {
        switch kind {
        case .messages: "room:\(key):messages"
        case .documents: "room:\(key):documents"
        case .presence: "room:\(key):presence"
        case .control: "room:\(key):control"
        case .notifications: "global:notifications"
        case .said: "stoa:said"
        case .tables: "stoa:tables"
        case .prices: "stoa:prices"
        case .topic: key
        case .topics: "stoa:topics"
        }
    }
}
