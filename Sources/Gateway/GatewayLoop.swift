import Bytes
import ClientProtocol
public import HTTP
public import PubSub
public import Reactor

/// What other threads tell a loop's gateway.
public enum GatewayMail: Sendable {
    /// A handler's answer to the request of a connection.
    case answered(connection: UInt64, HTTPResponse)
    /// Connections of new clients use these certificates from now on.
    case reload(TLSContext)
    /// No new connections; those there are get a hint when to come back.
    case announceDrain(spreadMilliseconds: Int64)
    /// The connections that are left are closed.
    case closeAll
    /// How many connections are left? Answered on the loop.
    case count(@Sendable (Int) -> Void)
}

/// The connections of one event loop.
public final class GatewayLoop {
    let loop: EventLoop
    let context: GatewayContext
    let shard: HubShard
    let mailbox: Mailbox<GatewayMail>
    var counters = GatewayCounters()
    var sessions: [ObjectIdentifier: Session] = [:]
    private var connections: [UInt64: HTTPConnection] = [:]
    private var others: [ObjectIdentifier: AnyObject] = [:]
    private var listeners: [Listener] = []
    private var tls: TLSContext?
    private var nextConnection: UInt64 = 0
    private var isDraining = false
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
        loop.attach(mailbox) { [unowned self] mail in for letter in mail { receive(letter) } }
    }

    /// Listens on a bound socket.
    ///
    /// - Parameters:
    ///   - isSecure: Whether its connections speak TLS.
    ///   - isControl: Whether it is the operator's: requests on it need no token.
    /// - Throws: ``SystemError`` where the kernel cannot watch one more descriptor.
    public func listen(_ socket: BoundSocket, isSecure: Bool, isControl: Bool = false) throws(SystemError) {
        let listener = try Listener(socket.take(loop.index), on: loop) { [unowned self] descriptor, peer in
            accept(descriptor, peer, isSecure: isSecure, isControl: isControl)
        }
        listeners.append(listener)
    }

    private func accept(
        _ descriptor: consuming FileDescriptor, _ peer: SocketAddress, isSecure: Bool, isControl: Bool
    ) {
        counters.accepted += 1
        // A descriptor that cannot be watched is closed with its owner.
        guard let connection = try? Connection(descriptor, peer: peer, on: loop) else { return }
        connection.isNewcomer = true
        if context.settings.proxyProtocol, context.proxies.contains(peer), !isControl {
            connection.handler = ProxyConnection(connection, self, isSecure: isSecure)
        } else {
            begin(connection, client: peer, isSecure: isSecure, isControl: isControl)
        }
    }

    /// Begins HTTP on a connection whose client is known.
    func begin(_ connection: Connection, client: SocketAddress, isSecure: Bool, isControl: Bool) {
        if isSecure {
            guard let tls, let session = try? TLSSession(tls, on: loop) else { return connection.close() }
            connection.startTLS(session, handshakeMilliseconds: context.settings.handshakeMilliseconds)
        }
        let isProxy = context.proxies.contains(client)
        let address = isProxy || client.family == .unix ? nil : client.host
        let verdict = context.census.admit(address: address)
        nextConnection += 1
        let handler = HTTPConnection(
            connection, self, id: nextConnection, client: client,
            countedAs: verdict == .admitted ? .some(address) : nil,
            isBehindProxy: isProxy, isControl: isControl, refusal: verdict)
        connections[nextConnection] = handler
        connection.handler = handler
        handler.begin()
    }

    // MARK: Connections

    func find(_ id: UInt64) -> HTTPConnection? { connections[id] }

    /// An HTTP connection is gone, or has become something else.
    func forget(_ connection: HTTPConnection) { connections[connection.id] = nil }

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
        case .answered(let id, let response): connections[id]?.answered(response)
        case .reload(let context): tls = context
        case .announceDrain(let spread): announceDrain(spread)
        case .closeAll: closeAll()
        case .count(let answer): answer(connections.count + sessions.count + others.count)
        }
    }

    private func announceDrain(_ spread: Int64) {
        isDraining = true
        for listener in listeners { listener.close() }
        listeners = []
        for session in sessions.values {
            session.sayReconnect(afterMilliseconds: Int64.random(in: 0...max(0, spread)))
        }
        for connection in connections.values { connection.closeIfIdle() }
    }

    private func closeAll() {
        for session in sessions.values { session.close(.goingAway, "") }
        for connection in connections.values { connection.endAfterAnswer() }
        for other in others.values { (other as? EchoSession)?.close() }
    }
}

/// What a loop's gateway has done since the start.
struct GatewayCounters {
    /// Connections accepted.
    var accepted = 0
    /// HTTP requests answered.
    var requests = 0
    /// WebSocket requests handled.
    var commands = 0
    /// Errors sent, by code.
    var refusals: [ErrorCode: Int] = [:]
    /// Connections closed with a code of the protocol.
    var closes: [ClosingReason: Int] = [:]
}
