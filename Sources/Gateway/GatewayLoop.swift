import Bytes
import ClientProtocol
import HTTP
import Identity
public import Prices
public import PubSub
public import Reactor
public import Rooms
import Storage

/// Who a listener is for.
public enum ListenerRole: Sendable {
    /// Clients.
    case clients
    /// The operator: requests need no token and may do everything.
    case operators
    /// Whoever watches the server: `/metrics` and `/health` alone, without a token.
    case watchers
}

/// The connections of one event loop.
public final class GatewayLoop {
    let loop: EventLoop
    let context: GatewayContext
    let shard: HubShard
    let mailbox: Mailbox<GatewayMail>
    var counters = GatewayCounters()
    /// Networks that nobody comes in from.
    private(set) var networkBans: NetworkBans
    var sessions: [ObjectIdentifier: Session] = [:]
    private var connections: [UInt64: HTTPConnection] = [:]
    private var others: [ObjectIdentifier: AnyObject] = [:]
    /// Those for clients, each with how many of ours share its port; 0 for a path.
    private var listeners: [(listener: Listener, sharing: Int)] = []
    /// Those that stay open while the server goes away.
    private var watching: [(listener: Listener, sharing: Int)] = []
    private var watchers = 0
    private weak var home: RoomShard?
    private weak var broker: TopicBroker?
    private weak var prices: PriceDesk?
    private var tls: TLSContext?
    private var nextConnection: UInt64 = 0
    /// Until when clients have time to go, on the loop's clock; nil while the server stays.
    private var drainEnd: Int64?
    /// Connections of watchers on one loop: far more than there are, few enough to cost nothing.
    private static let watcherLimit = 64
    private var date: (text: String, second: Int64) = ("", 0)

    /// The gateway of a loop, on its thread; reads `mailbox` from now on.
    public init(
        _ loop: EventLoop, _ context: GatewayContext, shard: HubShard, mailbox: Mailbox<GatewayMail>,
        tls: TLSContext?
    ) {
        self.loop = loop
        self.context = context
        self.shard = shard
        self.mailbox = mailbox
        self.tls = tls
        networkBans = context.access.networks
        loop.attach(mailbox) { [unowned self] mail in for letter in mail { receive(letter) } }
    }

    /// Listens on a bound socket.
    ///
    /// - Parameters:
    ///   - isSecure: Whether its connections speak TLS.
    ///   - role: Whom it is for.
    /// - Throws: ``SystemError`` where the kernel cannot watch one more descriptor.
    public func listen(
        _ socket: BoundSocket, isSecure: Bool, for role: ListenerRole = .clients
    ) throws(SystemError) {
        let listener = try Listener(socket.take(loop.index), on: loop) { [unowned self] descriptor, peer in
            accept(descriptor, peer, isSecure: isSecure, role)
        }
        let sharing = socket.address.family == .unix ? 0 : socket.count
        if role == .clients {
            listeners.append((listener, sharing))
        } else {
            watching.append((listener, sharing))
        }
    }

    /// Says which rooms and topics live on this loop, so that their counts are told with its own.
    public func measures(_ home: RoomShard, _ broker: TopicBroker?, _ prices: PriceDesk?) {
        self.home = home
        self.broker = broker
        self.prices = prices
    }

    private func accept(
        _ descriptor: consuming FileDescriptor, _ peer: SocketAddress, isSecure: Bool, _ role: ListenerRole
    ) {
        // Theirs count as little as they do: a scrape changes nothing that it tells.
        if role == .watchers {
            guard watchers < GatewayLoop.watcherLimit else { return }
        } else {
            counters.accepted += 1
        }
        // A descriptor that cannot be watched is closed with its owner.
        guard let connection = try? Connection(descriptor, peer: peer, on: loop) else { return }
        connection.isNewcomer = true
        if context.settings.proxyProtocol, context.proxies.contains(peer), role == .clients {
            connection.handler = ProxyConnection(connection, self, isSecure: isSecure)
        } else {
            begin(connection, client: peer, isSecure: isSecure, role)
        }
    }

    /// Begins HTTP on a connection whose client is known.
    func begin(
        _ connection: Connection, client: SocketAddress, isSecure: Bool, _ role: ListenerRole = .clients
    ) {
        if isSecure {
            guard let tls, let session = try? TLSSession(tls, on: loop) else { return connection.close() }
            connection.startTLS(session, handshakeMilliseconds: context.settings.handshakeMilliseconds)
        }
        let isProxy = context.proxies.contains(client)
        let address = isProxy || client.family == .unix ? nil : client.host
        // Who watches a full server must be let in.
        let isCounted = role != .watchers
        let verdict = isCounted ? context.census.admit(address: address) : .admitted
        switch verdict {
        case .admitted: break
        case .full: counters.refused[.full, default: 0] += 1
        case .tooManyFromAddress: counters.refused[.address, default: 0] += 1
        }
        if !isCounted { watchers += 1 }
        nextConnection += 1
        let handler = HTTPConnection(
            connection, self, id: nextConnection, client: client,
            countedAs: isCounted && verdict == .admitted ? .some(address) : nil,
            isBehindProxy: isProxy, role: role, refusal: verdict)
        connections[nextConnection] = handler
        connection.handler = handler
        if drainEnd != nil, role == .clients { handler.endsAfterAnswer = true }
        handler.begin()
    }

    // MARK: Connections

    func find(_ id: UInt64) -> HTTPConnection? { connections[id] }

    /// An HTTP connection is gone, or has become something else.
    func forget(_ connection: HTTPConnection) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        if connection.role == .watchers { watchers -= 1 }
    }

    func keep(_ object: AnyObject) { others[ObjectIdentifier(object)] = object }

    func drop(_ object: AnyObject) { others[ObjectIdentifier(object)] = nil }

    func ended(_ session: Session) { sessions[ObjectIdentifier(session)] = nil }

    /// The `date` field's value, made once a second.
    func dateText() -> String {
        let now = Timestamp.now()
        let second = now.milliseconds / 1000
        if second != date.second { date = (HTTPDate.text(now), second) }
        return date.text
    }

    // MARK: Mail

    private func receive(_ letter: GatewayMail) {
        switch letter {
        case .answered(let id, let response, let code):
            if let code { counters.problems[code, default: 0] += 1 }
            connections[id]?.answered(response)
        case .askedForKeys(let id): connections[id]?.proceedAgain()
        case .redeemed(let id, let ticket): connections[id]?.redeemed(ticket)
        case .prepared(let id, let preparation): connections[id]?.prepared(preparation)
        case .pollHasNews(let id): connections[id]?.poll?.answer()
        case .askedForKeysOf(let pending):
            let session = sessions[pending.object]
            // Another session may be where that one was.
            if session?.id == pending.session { session?.askedForKeys(pending) }
        case .tooMany(let object, let session):
            if sessions[object]?.id == session { sessions[object]?.endAsTooMany() }
        case .deny(let denial):
            // Read now, not sent along: of two changes at once the later letter might bring the older list.
            if case .networks = denial { networkBans = context.access.networks }
            for session in sessions.values { session.obey(denial) }
        case .judgeAgain:
            networkBans = context.access.networks
            for session in sessions.values { session.judgeAgain() }
        case .keysWithdrawn: for session in sessions.values { session.heedWithdrawal() }
        case .renamed(let person, let name):
            for session in sessions.values { session.rename(person, name) }
        case .reload(let context): tls = context
        case .announceDrain(let window): announceDrain(window)
        case .turnAway: for (listener, _) in listeners { listener.turnAway() }
        case .closeListeners: closeListeners()
        case .closeAll: closeAll()
        case .spread:
            for (listener, sharing) in listeners + watching where sharing > 0 { listener.spread() }
        case .count(let answer): answer(count)
        case .measure(let answer): answer(measure())
        }
    }

    private func measure() -> LoopReport {
        LoopReport(
            loop: loop.measure(), hub: shard.counters, rooms: home?.counters ?? RoomCounters(),
            topics: broker?.counters, prices: prices?.figures, gateway: counters,
            httpConnections: connections.count - watchers,
            otherConnections: others.count, shortages: listeners.reduce(0) { $0 + $1.listener.shortages })
    }

    // MARK: Going away

    /// How long a client that comes now may stay, in milliseconds; nil while the server stays.
    var drainLeft: Int64? { drainEnd.map { max(0, $0 - loop.now) } }

    private func announceDrain(_ window: Int64) {
        drainEnd = loop.now + window
        // Who watches is told of the next process, where there is one: it is that one's health that counts.
        for (listener, sharing) in listeners + watching where sharing > 0 { listener.yield(past: sharing) }
        for session in sessions.values { session.sayReconnect(within: window) }
        // Their next answer says `connection: close`.
        for connection in connections.values where connection.role == .clients {
            connection.endsAfterAnswer = true
            connection.poll?.answer()
        }
    }

    private func closeListeners() {
        for (listener, sharing) in listeners {
            // Again: the process that takes over may have begun to listen, and spread connections, since.
            if sharing > 0 { listener.yield(past: sharing) }
            listener.finish()
        }
        listeners = []
    }

    private func closeAll() {
        closeListeners()
        for session in sessions.values { session.goAway() }
        // Who watches is answered to the end.
        for connection in connections.values where connection.role != .watchers {
            connection.goAway()
        }
        for other in others.values { (other as? EchoSession)?.close() }
    }

    private var count: ConnectionCount {
        var count = ConnectionCount(all: sessions.count + others.count, busy: sessions.count + others.count)
        for connection in connections.values where connection.role != .watchers {
            if connection.isBusy { count.busy += 1 }
            if connection.role == .clients || connection.isBusy { count.all += 1 }
        }
        return count
    }
}
