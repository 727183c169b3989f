public import PubSub
public import Reactor
import Telemetry

/// A loop's part in the broker over Redis: its own connections, so that nothing crosses threads on a message's way.
///
/// Where a channel lives says ``RedisDeployment``, in every process the same.
public final class RedisBroker: Broker {
    private let loop: EventLoop
    let places: any RedisPlaces
    private let presence: RedisLedger
    private let shared: RedisTopics
    private let status: RedisStatus

    /// What this process is called among the others: the same for all its loops.
    public let instance: String

    /// Begins to connect.
    ///
    /// - Parameter settings: With at least one address.
    public init(_ loop: EventLoop, _ settings: RedisSettings) {
        self.loop = loop
        instance = settings.instance
        status = settings.status
        places =
            switch settings.deployment {
            case .servers(let addresses): RedisServers(loop, addresses, settings)
            case .sentinel(let address): RedisServers(loop, address, settings)
            case .cluster(let seeds): RedisCluster(loop, seeds, settings)
            }
        presence = RedisLedger(loop, settings, places)
        shared = RedisTopics(places)
        places.start()
    }

    /// The people in rooms.
    public var ledger: any PresenceLedger { presence }

    /// The topics of all processes.
    public var topics: any TopicStore { shared }

    /// Says who is told when the ledger has forgotten this process' people, and when all can be reached again.
    public func add(_ listener: any BrokerListener) { presence.listeners.append(listener) }

    /// Has `tell` called when Redis has forgotten what this process was.
    func onForgotten(_ tell: @escaping () -> Void) { presence.onForgotten.append(tell) }

    /// Whether the channel's server is connected, for publishing and for listening.
    public func reaches(_ channel: BrokerChannel) -> Bool { places.reaches(channel) }

    /// Delivers a channel's publications from now on.
    public func subscribe(to channel: BrokerChannel, _ listener: any BrokerListener) {
        places.subscribe(to: channel, listener)
    }

    /// Delivers no more of a channel.
    public func unsubscribe(from channel: BrokerChannel) { places.unsubscribe(from: channel) }

    /// Sets the key of the topic's name, at the turn's end.
    public func keep(_ value: [UInt8], ofTopic name: String, milliseconds: Int64) {
        places.send(
            ["SET", .text(name), .bytes(value), "PX", .integer(milliseconds)], at: .topic(name))
    }

    /// Publishes at the turn's end.
    @discardableResult
    public func publish(_ payload: Span<UInt8>, to channel: BrokerChannel) -> Bool {
        let isSent = places.publish(payload, to: channel)
        if !isSent { status.missed() }
        return isSent
    }
}
