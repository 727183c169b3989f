import Bytes
public import ClientProtocol
public import HTTP
public import Identity
public import PubSub
public import Reactor
public import Rooms
public import Storage

/// What other threads tell a loop's gateway.
public enum GatewayMail: Sendable {
    /// A handler's answer to the request of a connection.
    case answered(connection: UInt64, HTTPResponse, ErrorCode?)
    /// The keys that a request's token needs have been asked for.
    case askedForKeys(connection: UInt64)
    /// The keys that a session's token needs have been asked for.
    case askedForKeysOf(PendingToken)
    /// Sessions that this is about end.
    case deny(Denial)
    /// Who may not come in has been read anew: sessions of those end.
    case judgeAgain
    /// Published keys are gone: sessions of their tokens end in a while.
    case keysWithdrawn
    /// A person whom the server signed in goes by another name.
    case renamed(PersonKey, String)
    /// Connections of new clients use these certificates from now on.
    case reload(TLSContext)
    /// No new connections; those there are get a hint when to come back.
    case announceDrain(spreadMilliseconds: Int64)
    /// The connections that are left are closed.
    case closeAll
    /// How many connections are left? Answered on the loop.
    case count(@Sendable (Int) -> Void)
    /// What has it done? Answered on the loop.
    case measure(@Sendable (LoopReport) -> Void)
}

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
    private var listeners: [Listener] = []
    /// Those that stay open while the server goes away.
    private var watching: [Listener] = []
    private var watchers = 0
    private weak var home: RoomShard?
    private weak var broker: TopicBroker?
    private var tls: TLSContext?
    private var nextConnection: UInt64 = 0
    private var isDraining = false
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
        if role == .watchers { watching.append(listener) } else { listeners.append(listener) }
    }

    /// Says which rooms and topics live on this loop, so that their counts are told with its own.
    public func measures(_ home: RoomShard, _ broker: TopicBroker?) {
        self.home = home
        self.broker = broker
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
        case .askedForKeys(let id): connections[id]?.askedForKeys()
        case .askedForKeysOf(let pending):
            let session = sessions[pending.object]
            // Another session may be where that one was.
            if session?.id == pending.session { session?.askedForKeys(pending) }
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
        case .announceDrain(let spread): announceDrain(spread)
        case .closeAll: closeAll()
        case .count(let answer): answer(connections.count - watchers + sessions.count + others.count)
        case .measure(let answer): answer(measure())
        }
    }

    private func measure() -> LoopReport {
        LoopReport(
            loop: loop.measure(), hub: shard.counters, rooms: home?.counters ?? RoomCounters(),
            topics: broker?.counters, gateway: counters, httpConnections: connections.count - watchers,
            otherConnections: others.count, shortages: listeners.reduce(0) { $0 + $1.shortages })
    }

    private func announceDrain(_ spread: Int64) {
        isDraining = true
        for listener in listeners { listener.close() }
        listeners = []
        for session in sessions.values {
            session.sayReconnect(afterMilliseconds: Int64.random(in: 0...max(0, spread)))
        }
        for connection in connections.values where connection.role != .watchers {
            connection.closeIfIdle()
        }
    }

    private func closeAll() {
        for session in sessions.values { session.close(.goingAway, "") }
        // Who watches is answered to the end.
        for connection in connections.values where connection.role != .watchers {
            connection.endAfterAnswer()
        }
        for other in others.values { (other as? EchoSession)?.close() }
    }
}
