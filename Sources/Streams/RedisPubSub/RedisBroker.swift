public import PubSub
public import Reactor
import Telemetry

/// A loop's part in the broker over Redis: its own connections, so that nothing crosses threads on a message's way.
///
/// With several addresses a channel lives at the server that its key's hash names, in every process the same.
public final class RedisBroker: Broker {
    private let loop: EventLoop
    private let nodes: [RedisNode]
    private let presence: RedisLedger
    private let shared: RedisTopics

    /// What this process is called among the others: the same for all its loops.
    public let instance: String

    /// Begins to connect.
    ///
    /// - Parameter settings: At least one address.
    public init(_ loop: EventLoop, _ settings: RedisSettings) {
        self.loop = loop
        instance = settings.instance
        nodes = settings.addresses.map { RedisNode(loop, $0, settings) }
        presence = RedisLedger(loop, settings, nodes)
        shared = RedisTopics(nodes)
        for node in nodes { node.start() }
    }

    /// The people in rooms.
    public var ledger: any PresenceLedger { presence }

    /// The topics of all processes.
    public var topics: any TopicStore { shared }

    /// Says who is told when the ledger has forgotten this process' people, and when all can be reached again.
    public func add(_ listener: any BrokerListener) { presence.listeners.append(listener) }

    private func node(of channel: BrokerChannel) -> RedisNode { node(of: channel.key) }

    func node(of key: String) -> RedisNode { nodes[nodes.place(of: key)] }

    /// Whether the channel's server is connected, for publishing and for listening.
    public func reaches(_ channel: BrokerChannel) -> Bool { node(of: channel).isConnected }

    /// Delivers a channel's publications from now on.
    public func subscribe(to channel: BrokerChannel, _ listener: any BrokerListener) {
        node(of: channel).subscribe(to: channel, listener)
    }

    /// Delivers no more of a channel.
    public func unsubscribe(from channel: BrokerChannel) { node(of: channel).unsubscribe(from: channel) }

    /// Publishes at the turn's end.
    @discardableResult
    public func publish(_ payload: Span<UInt8>, to channel: BrokerChannel) -> Bool {
        node(of: channel).publish(payload, to: channel)
    }
}

extension [RedisNode] {
    /// Where a key lives.
    func place(of key: String) -> Int { count > 1 ? StableHash.place(of: key, among: count) : 0 }
}
