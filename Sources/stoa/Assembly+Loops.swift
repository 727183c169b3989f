import Gateway
import Prices
import PubSub
import Reactor
import RedisPubSub
import Rooms
import Storage
import WebSocket

extension Assembly {
    /// Where a server listens, and whom for.
    struct ListeningPlaces: Sendable {
        let clients: [BoundSocket]
        let operators: BoundSocket?
        let watchers: BoundSocket?
        /// The certificates of connections of clients; nil for none.
        let tls: TLSContext?

        /// Whether its connections speak TLS.
        func isSecure(_ socket: BoundSocket) -> Bool { tls != nil && socket.address.family != .unix }

        /// Has a loop's gateway listen at all of them.
        func listen(_ gateway: GatewayLoop) throws(SystemError) {
            for socket in clients { try gateway.listen(socket, isSecure: isSecure(socket)) }
            if let operators { try gateway.listen(operators, isSecure: false, for: .operators) }
            if let watchers { try gateway.listen(watchers, isSecure: false, for: .watchers) }
        }
    }

    /// What the event loops' parts are made of: each loop has its own, made on its thread.
    struct LoopParts: Sendable {
        let hub: Hub
        let context: GatewayContext
        let doors: [Mailbox<GatewayMail>]
        let topicSettings: TopicSettings
        let redis: RedisSettings?
        let tables: SharedTables
        let shared: SharedRedis?
        let prices: PriceService
        let past: PricePast
        let portfolios: PortfolioService
        let alerts: AlertService
        let sources: PriceSources
        let hints: Mailbox<PriceHint>?

        /// Makes a loop's parts, and has it keep them.
        func attach(to loop: EventLoop, at places: ListeningPlaces) throws {
            let shard = HubShard(loop, hub.mailboxes[loop.index], backlogLimit: context.settings.backlogBytes)
            let deflater = context.settings.compression ? Deflater() : nil
            let broker = redis.map { RedisBroker(loop, $0) }
            let home = RoomShard(loop, context.rooms, deflater: deflater, broker: broker)
            broker?.add(home)
            let gateway = GatewayLoop(
                loop, context, shard: shard, mailbox: doors[loop.index], tls: places.tls)
            try places.listen(gateway)
            var parts: [AnyObject] = [shard, home, gateway]
            if let broker {
                parts.append(broker)
                if loop.index == 0 {
                    parts.append(tables.attach(to: loop, broker))
                    shared?.attach(to: loop, broker)
                }
            }
            guard context.topics.executor === loop.executor else {
                gateway.measures(home, nil, nil)
                return loop.keep(parts)
            }
            let topics = TopicBroker(
                loop, context.topics, hub: hub, settings: topicSettings, deflater: deflater, broker: broker)
            let desk = PriceDesk(
                loop, prices.desk, topics: context.topics, repository: prices.history,
                settings: prices.settings, past: past, hints: hints,
                heard: { [sources, prices, alerts] in sources.heard($0, prices, alerts) })
            let owners = PortfolioDesk(
                loop, portfolios, topics: context.topics, prices: desk, duties: shared,
                judge: { [alerts] (values, term) async throws(StorageError) in
                    try await alerts.look(values, term: term)
                })
            parts += [topics, desk, owners]
            if let hints, let broker {
                parts.append(
                    PriceHints(
                        loop, hints, broker: broker, topics: context.topics,
                        hear: { [sources, prices, alerts] in sources.heard($0, prices, alerts) },
                        reach: { [alerts] in alerts.reaches($0) }))
            }
            gateway.measures(home, topics, desk)
            loop.keep(parts)
        }
    }
}
