import Bytes
import ClientProtocol
import HTTP
import Identity
import Reactor

/// HTTP/1.1 on a connection: requests in, one answer each in their order, until it ends or becomes a WebSocket.
final class HTTPConnection: ConnectionHandler, TimerTarget {
    enum Timer: UInt8 { case head, body, idle }
    enum State { case reading, answering, upgraded, closing }

    let id: UInt64
    let connection: Connection
    let gateway: GatewayLoop
    /// The peer, or whom a proxy's PROXY header names.
    let client: SocketAddress
    var countedAs: String??
    let isBehindProxy: Bool
    /// Whose listener it came by.
    let role: ListenerRole
    let refusal: Census.Verdict
    var parser = RequestParser()
    var state = State.reading
    var head: HTTPRequestHead?
    var body: [UInt8] = []
    /// Bytes that came while an answer was on its way: pipelined requests.
    var waiting = ByteBuffer()
    var timer = TimerID.none
    var timing = Timer.head
    var requestID = ""
    /// What the request at hand is counted as, and when it was there.
    var route = HTTPConnection.unknown
    var requestStart: Int64 = 0
    static let unknown = (method: "other", path: "none")
    var endsAfterAnswer = false
    var isConsuming = false
    var isPeerDone = false
    /// Whether the keys of the request at hand's token have been asked for: that is done once.
    var hasAskedForKeys = false
    /// What the other processes said to its ticket; nil before they were asked.
    var redeemed: RedeemedTicket?
    /// What a request for channels needed from elsewhere; nil before it was asked for.
    var preparation: StreamPreparation?
    /// What the request at hand waits for, where it is a long poll.
    var poll: LongPoll?

    init(
        _ connection: Connection, _ gateway: GatewayLoop, id: UInt64, client: SocketAddress,
        countedAs: String??,
        isBehindProxy: Bool, role: ListenerRole,
        refusal: Census.Verdict
    ) {
        self.connection = connection
        self.gateway = gateway
        self.id = id
        self.client = client
        self.countedAs = countedAs
        self.isBehindProxy = isBehindProxy
        self.role = role
        self.refusal = refusal
    }

    /// Starts to wait for a request; a connection beyond a bound waits for it too, to be refused in words.
    func begin() { start(.head, gateway.context.settings.headerMilliseconds) }

    func start(_ kind: Timer, _ milliseconds: Int64) {
        gateway.loop.cancelTimer(&timer)
        timing = kind
        timer = gateway.loop.startTimer(after: milliseconds, kind: kind.rawValue, target: self)
    }

    // MARK: Bytes in

    func connectionReceived(_ bytes: inout MutableSpan<UInt8>) {
        switch state {
        case .reading where waiting.isEmpty && !isClogged: consume(&bytes)
        case .reading, .answering: waiting.append(bytes.span)
        case .upgraded, .closing: break
        }
    }

    func consume(_ bytes: inout MutableSpan<UInt8>) {
        var position = 0
        isConsuming = true
        while state == .reading, !isClogged {
            do throws(HTTPError) {
                guard let event = try parser.next(in: bytes.span, at: &position) else { break }
                switch event {
                case .head(let head): begin(head)
                case .body(let range): body.append(copying: bytes.span.extracting(range))
                case .end: handle(&bytes, position)
                }
            } catch {
                refuse(error)
            }
        }
        isConsuming = false
        // A request that has begun is waited for as a request, not as an idle connection.
        if state == .reading, head == nil, !parser.isIdle, timing != .head {
            start(.head, gateway.context.settings.headerMilliseconds)
        }
        if state == .answering || state == .reading, position < bytes.count {
            waiting.append(bytes.span.extracting(position..<bytes.count))
        }
        if state == .reading, isClogged { connection.pauseReading() }
    }

    /// Whether answers wait for a client that asks on and on and does not read: it is not read from either.
    var isClogged: Bool { connection.backlogBytes > gateway.context.settings.backlogBytes }

    func begin(_ head: HTTPRequestHead) {
        self.head = head
        body = []
        hasAskedForKeys = false
        redeemed = nil
        preparation = nil
        route = HTTPConnection.unknown
        requestStart = gateway.loop.turnStart
        requestID = Identifier.short("r")
        if head.bodyKind != .none { start(.body, gateway.context.settings.bodyMilliseconds) }
        if head.expectsContinue {
            var line = ByteBuffer(capacity: 32)
            ResponseEncoder.appendContinue(into: &line)
            connection.write(line.span)
        }
    }

    /// A whole request is there.
    func handle(_ bytes: inout MutableSpan<UInt8>, _ position: Int) {
        guard let head else { return }
        gateway.loop.cancelTimer(&timer)
        state = .answering
        requestStart = gateway.loop.turnStart
        guard refusal == .admitted else {
            endsAfterAnswer = true
            let sentence =
                refusal == .full ? "The server is full." : "Too many connections from your address."
            let code: ErrorCode = refusal == .full ? .unavailable : .rateLimited
            return refuse(ClientError(code, sentence, retryAfter: 5000))
        }
        proceed(head, &bytes, position)
    }

    func proceed(_ head: HTTPRequestHead, _ bytes: inout MutableSpan<UInt8>, _ position: Int) {
        if role == .clients,
            gateway.networkBans.contains(gateway.context.proxies.client(of: head, peer: client))
        {
            endsAfterAnswer = true
            return refuse(ClientError.networkBanned)
        }
        if role != .watchers, let path = WebSocketPath(head.target, echo: gateway.context.settings.echo) {
            return upgrade(head, path, &bytes, position)
        }
        if role != .watchers, let path = StreamPath(head.target) { return open(head, path) }
        respond(head)
    }

    // MARK: Waiting for keys and tickets

    func askForKeys(issuer: Int) {
        hasAskedForKeys = true
        connection.pauseReading()
        let (verifier, mailbox, connection) = (gateway.context.verifier, gateway.mailbox, id)
        Task {
            await verifier.fetchKeys(issuer: issuer)
            mailbox.post(.askedForKeys(connection: connection))
        }
    }

    /// Asks the other processes for a ticket.
    func redeem(_ ticket: String) {
        connection.pauseReading()
        let (tickets, mailbox, connection) = (gateway.context.tickets, gateway.mailbox, id)
        Task {
            let redemption = await tickets.redeem(ticket)
            mailbox.post(.redeemed(connection: connection, RedeemedTicket(redemption)))
        }
    }

    /// The other processes have answered for a ticket.
    func redeemed(_ ticket: RedeemedTicket) {
        redeemed = ticket
        proceedAgain()
    }

    /// What the request waited for is there: it goes on, whatever came of it.
    func proceedAgain() {
        guard state == .answering, let head else { return }
        var bytes = ByteBuffer()
        swap(&bytes, &waiting)
        var rest = bytes.mutableSpan
        isConsuming = true
        proceed(head, &rest, 0)
        isConsuming = false
        guard state != .upgraded else { return connection.resumeReading() }
        // What waited belongs to the next request.
        swap(&bytes, &waiting)
        goOn()
    }

    // MARK: Ending

    func connectionPeerFinished() {
        // Requests whose answers are on their way, or that wait for their turn, still get them.
        if state == .answering || state == .reading && !waiting.isEmpty {
            isPeerDone = true
        } else {
            end()
        }
    }

    func connectionDrained() { goOn() }

    func connectionClosed(_ reason: DisconnectReason) {
        state = .closing
        poll?.end()
        gateway.loop.cancelTimer(&timer)
        if case .some(let address) = countedAs { gateway.context.census.leave(address: address) }
        countedAs = nil
        gateway.forget(self)
    }

    func timerFired(kind: UInt8) {
        timer = .none
        guard state == .reading else { return }
        if kind == Timer.idle.rawValue || parser.isIdle && head == nil { return end() }
        var bytes = ByteBuffer(capacity: 256)
        let error = ClientError(.invalidMessage, "The request took too long.")
        gateway.counters.problems[error.code, default: 0] += 1
        if head == nil { requestStart = gateway.loop.turnStart }
        count(.requestTimeout)
        var response = HTTPResponse(
            .requestTimeout, bytes: error.problem(requestID: requestID).span, type: .problem)
        response.headers.set("x-content-type-options", "nosniff")
        ResponseEncoder.append(response, to: .get, isKeepAlive: false, date: gateway.dateText(), into: &bytes)
        connection.write(bytes.span)
        end()
    }

    /// Whether something is asked or answered, or is about to be: a connection is made for a request.
    var isBusy: Bool {
        switch state {
        case .answering: true
        case .reading: timing != .idle || head != nil || !parser.isIdle
        case .upgraded, .closing: false
        }
    }

    /// The server goes away: closed after the answer to what is being asked, or now.
    func goAway() {
        endsAfterAnswer = true
        poll?.answer()
        guard state == .reading else { return }
        guard isBusy else { return end() }
        // Its request may be on the way; one that never comes is not waited for as long as at other times.
        guard head == nil else { return }
        start(.head, min(HTTPConnection.lastCall, gateway.context.settings.headerMilliseconds))
    }

    /// How long a connection of a moment ago may take to say what it is for, when the server goes away.
    private static let lastCall: Int64 = 1000
}
