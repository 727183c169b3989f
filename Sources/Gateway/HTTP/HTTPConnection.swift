import Bytes
import ClientProtocol
import HTTP
import Identity
import Reactor
import Telemetry
import WebSocket

/// HTTP/1.1 on a connection: requests in, one answer each in their order, until it ends or becomes a WebSocket.
final class HTTPConnection: ConnectionHandler, TimerTarget {
    private enum Timer: UInt8 { case head, body, idle }
    private enum State { case reading, answering, upgraded, closing }

    let id: UInt64
    let connection: Connection
    let gateway: GatewayLoop
    /// The peer, or whom a proxy's PROXY header names.
    private let client: SocketAddress
    private var countedAs: String??
    private let isBehindProxy: Bool
    /// Whose listener it came by.
    let role: ListenerRole
    private let refusal: Census.Verdict
    private var parser = RequestParser()
    private var state = State.reading
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    /// Bytes that came while an answer was on its way: pipelined requests.
    private var waiting = ByteBuffer()
    private var timer = TimerID.none
    private var timing = Timer.head
    private var requestID = ""
    /// What the request at hand is counted as, and when it was there.
    private var route = HTTPConnection.unknown
    private var requestStart: Int64 = 0
    private static let unknown = (method: "other", path: "none")
    private var endsAfterAnswer = false
    private var isConsuming = false
    private var isPeerDone = false
    /// Whether the keys of the request at hand's token have been asked for: that is done once.
    private var hasAskedForKeys = false

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

    private func start(_ kind: Timer, _ milliseconds: Int64) {
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

    private func consume(_ bytes: inout MutableSpan<UInt8>) {
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
    private var isClogged: Bool { connection.backlogBytes > gateway.context.settings.backlogBytes }

    private func begin(_ head: HTTPRequestHead) {
        self.head = head
        body = []
        hasAskedForKeys = false
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
    private func handle(_ bytes: inout MutableSpan<UInt8>, _ position: Int) {
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

    private func proceed(_ head: HTTPRequestHead, _ bytes: inout MutableSpan<UInt8>, _ position: Int) {
        if role != .watchers, let path = WebSocketPath(head.target, echo: gateway.context.settings.echo) {
            return upgrade(head, path, &bytes, position)
        }
        respond(head)
    }

    // MARK: Waiting for keys

    private func askForKeys(issuer: Int) {
        hasAskedForKeys = true
        connection.pauseReading()
        let (verifier, mailbox, connection) = (gateway.context.verifier, gateway.mailbox, id)
        Task {
            await verifier.fetchKeys(issuer: issuer)
            mailbox.post(.askedForKeys(connection: connection))
        }
    }

    /// The keys have been asked for: the request goes on, whatever came of it.
    func askedForKeys() {
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

    // MARK: Answers

    private func respond(_ head: HTTPRequestHead) {
        let context = gateway.context
        if let health = HealthRoutes.answer(head.target.path, context.readiness) {
            route = ("GET", head.target.path)
            return answer(file: health, head)
        }
        if role != .watchers, let file = context.pages.answer(head) {
            route = ("GET", "page")
            return answer(file: file, head)
        }
        if head.target.isAsterisk {
            var response = HTTPResponse(.noContent)
            response.headers.set("allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
            return answered(response)
        }
        if head.method == .options, head.headers["access-control-request-method"] != nil {
            return answered(HTTPResponse(.noContent))
        }
        switch context.routes.match(head.method, head.target.segments) {
        case .none:
            refuse(HTTPConnection.nothingHere)
        case .otherMethods(let methods): refuse(methods: methods)
        case .route(let found, let parameters):
            route = (found.method.label, found.template)
            guard role != .watchers || found.template == "/metrics" else {
                return refuse(HTTPConnection.nothingHere)
            }
            run(found, parameters, head)
        }
    }

    private static let nothingHere = ClientError(.notFound, "There is nothing at this path.")

    private func answer(file: HTTPResponse, _ head: HTTPRequestHead) {
        let isRead = head.method == .get || head.method == .head
        if isRead { answered(file) } else { refuse(methods: [.get]) }
    }

    private func refuse(_ error: ClientError) {
        gateway.counters.problems[error.code, default: 0] += 1
        answered(.problem(error, requestID: requestID))
    }

    private func refuse(methods: [HTTPMethod]) {
        gateway.counters.problems[.methodNotAllowed, default: 0] += 1
        var response = HTTPResponse.problem(
            ClientError(.methodNotAllowed, "This path has other methods."), requestID: requestID)
        response.headers.set(
            "allow", methods.map { $0 == .get ? "GET, HEAD" : $0.name }.joined(separator: ", "))
        answered(response)
    }

    private func run(_ route: Route, _ parameters: [String], _ head: HTTPRequestHead) {
        let principal: Principal?
        do throws(BearerToken.Failure) {
            let bearer = try BearerToken.principal(
                head.headers, gateway.context.verifier, mayWait: !hasAskedForKeys)
            let user = head.headers["x-stoa-user"] ?? "operator"
            switch role {
            case .clients: principal = bearer
            case .operators: principal = bearer ?? LocalAPI.operatorPrincipal(as: user)
            case .watchers: principal = LocalAPI.watcherPrincipal()
            }
        } catch {
            switch error {
            case .refused(let error): return refuse(error)
            case .awaitsKeys(let issuer): return askForKeys(issuer: issuer)
            }
        }
        let reading: Meter.Reading?
        do throws(ClientError) {
            if let principal { try route.keyAccess.check(principal) }
            reading = route.isMetered ? principal.flatMap { gateway.context.meter.take($0) } : nil
        } catch {
            return refuse(error)
        }
        let request = APIRequest(
            method: head.method, target: head.target, parameters: parameters, host: head.host,
            headers: head.headers, body: body, principal: principal, requestID: requestID,
            client: gateway.context.proxies.client(of: head, peer: client))
        let mailbox = gateway.mailbox
        let connection = id
        let excess = reading.flatMap { gateway.context.meter.refusal($0) }
        // Reading waits for the answer: pipelined requests are answered one after the other.
        self.connection.pauseReading()
        Task {
            var response: HTTPResponse
            var code: ErrorCode?
            do throws(ClientError) {
                if let excess { throw excess }
                response = try await route.handler(request)
            } catch {
                response = .problem(error, requestID: request.requestID)
                code = error.code
            }
            reading?.write(to: &response)
            mailbox.post(.answered(connection: connection, response, code))
        }
    }

    /// Sends the answer to the request at hand and goes on to the next one.
    func answered(_ response: HTTPResponse) {
        guard state == .answering, let head else { return }
        let isKeepAlive = head.isKeepAlive && !endsAfterAnswer
        count(response.status)
        var response = response
        ResponseFields.complete(&response, head, gateway.context.origins, requestID: requestID)
        var bytes = ByteBuffer(capacity: response.body.count + 512)
        ResponseEncoder.append(
            response, to: head.method, version: head.version, isKeepAlive: isKeepAlive,
            date: gateway.dateText(),
            into: &bytes)
        connection.write(bytes.span)
        self.head = nil
        body = []
        guard isKeepAlive else { return end() }
        state = .reading
        start(.idle, gateway.context.settings.idleMilliseconds)
        goOn()
    }

    /// Counts the answer to the request at hand; those of watchers are nobody's traffic.
    private func count(_ status: HTTPStatus) {
        guard role != .watchers else { return }
        let (method, path) = route
        gateway.counters.count(
            method, path, status: Int(status.rawValue),
            nanoseconds: MonotonicClock.nanoseconds() - requestStart)
        Log.debug("\(method) \(path) \(status.rawValue)", requestID: requestID)
    }

    /// Goes on with requests that wait, and with reading.
    private func goOn() {
        guard state == .reading, !isConsuming else { return }
        guard !isClogged else { return connection.pauseReading() }
        connection.resumeReading()
        consumeWaiting()
        if isPeerDone, state == .reading, waiting.isEmpty { end() }
    }

    private func consumeWaiting() {
        guard !waiting.isEmpty else { return }
        var bytes = ByteBuffer()
        swap(&bytes, &waiting)
        var span = bytes.mutableSpan
        consume(&span)
    }

    private func refuse(_ error: HTTPError) {
        endsAfterAnswer = true
        let code: ErrorCode =
            switch error.status {
            case .contentTooLarge, .uriTooLong, .requestHeaderFieldsTooLarge: .tooLarge
            default: .invalidMessage
            }
        let id = Identifier.short("r")
        let body = ClientError(code, error.sentence).problem(requestID: id)
        gateway.counters.problems[code, default: 0] += 1
        requestID = id
        if head == nil { requestStart = gateway.loop.turnStart }
        count(error.status)
        var response = HTTPResponse(error.status, bytes: body.span, type: .problem)
        response.headers.set("x-content-type-options", "nosniff")
        var bytes = ByteBuffer(capacity: 512)
        ResponseEncoder.append(
            response, to: head?.method ?? .get, isKeepAlive: false, date: gateway.dateText(), into: &bytes)
        connection.write(bytes.span)
        end()
    }

    private func end() {
        state = .closing
        gateway.loop.cancelTimer(&timer)
        connection.finish()
    }

    // MARK: Becoming a WebSocket

    private func upgrade(
        _ head: HTTPRequestHead, _ path: WebSocketPath, _ bytes: inout MutableSpan<UInt8>, _ position: Int
    ) {
        let address = gateway.context.proxies.client(of: head, peer: client)
        route = ("GET", path.template)
        let upgrade: WebSocketUpgrade
        do throws(WebSocketUpgrade.Refusal) {
            upgrade = try WebSocketUpgrade(
                head, path, gateway.context, requestID: requestID, mayWait: !hasAskedForKeys)
        } catch {
            guard case .answered(let response, let code) = error else {
                if case .awaitsKeys(let issuer) = error { askForKeys(issuer: issuer) }
                return
            }
            gateway.counters.problems[code, default: 0] += 1
            if code == .forbidden { gateway.counters.refused[.origin, default: 0] += 1 }
            return answered(response)
        }
        if isBehindProxy {
            guard gateway.context.census.admit(client: address) else {
                let error = ClientError(
                    .rateLimited, "Too many connections from your address.", retryAfter: 5000)
                gateway.counters.refused[.address, default: 0] += 1
                return refuse(error)
            }
        }
        state = .upgraded
        count(.switchingProtocols)
        gateway.loop.cancelTimer(&timer)
        gateway.forget(self)
        let leave = Departure(counted: countedAs, proxied: isBehindProxy ? address : nil)
        countedAs = nil
        let handler = upgrade.makeHandler(connection, gateway, address: address, leave)
        connection.handler = handler
        if position < bytes.count {
            var rest = bytes._mutatingExtracting(position..<bytes.count)
            handler.connectionReceived(&rest)
        }
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

    /// The server is going away: who waits for nothing is closed.
    func closeIfIdle() {
        endsAfterAnswer = true
        if state == .reading, head == nil, parser.isIdle { end() }
    }

    /// The server is going away: closed now, or after the answer that is on its way.
    func endAfterAnswer() {
        endsAfterAnswer = true
        if state == .reading { end() }
    }
}
