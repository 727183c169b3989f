import Bytes
import ClientProtocol
import HTTP
import Identity
import Reactor
import Telemetry

extension HTTPConnection {
    func respond(_ head: HTTPRequestHead) {
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

    static let nothingHere = ClientError(.notFound, "There is nothing at this path.")

    func answer(file: HTTPResponse, _ head: HTTPRequestHead) {
        let isRead = head.method == .get || head.method == .head
        if isRead { answered(file) } else { refuse(methods: [.get]) }
    }

    func refuse(_ error: ClientError) {
        gateway.counters.problems[error.code, default: 0] += 1
        answered(.problem(error, requestID: requestID))
    }

    func refuse(methods: [HTTPMethod]) {
        gateway.counters.problems[.methodNotAllowed, default: 0] += 1
        var response = HTTPResponse.problem(
            ClientError(.methodNotAllowed, "This path has other methods."), requestID: requestID)
        response.headers.set(
            "allow", methods.map { $0 == .get ? "GET, HEAD" : $0.name }.joined(separator: ", "))
        answered(response)
    }

    func run(_ route: Route, _ parameters: [String], _ head: HTTPRequestHead) {
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
            case .refused(let error):
                noteToken(error.code, head)
                return refuse(error)
            case .awaitsKeys(let issuer): return askForKeys(issuer: issuer)
            }
        }
        let request = APIRequest(
            method: head.method, target: head.target, parameters: parameters, host: head.host,
            headers: head.headers, body: body, principal: principal, requestID: requestID,
            client: gateway.context.proxies.client(of: head, peer: client))
        let (trail, addresses) = (gateway.context.trail, gateway.context.settings.auditAddresses)
        let counted: Meter.Reading?
        do throws(ClientError) {
            if let principal {
                try route.keyAccess.check(principal)
                if route.isOfHome, !principal.isAtHome { throw KeyAccess.otherTenant }
                try gateway.context.pace.take(principal)
            }
            counted = route.isMetered ? principal.flatMap { gateway.context.meter.take($0) } : nil
        } catch {
            route.note(error.code, of: request, trail, addresses)
            return refuse(error)
        }
        let mailbox = gateway.mailbox
        let connection = id
        let meter = gateway.context.meter
        // Reading waits for the answer: pipelined requests are answered one after the other.
        self.connection.pauseReading()
        Task {
            var response: HTTPResponse
            var code: ErrorCode?
            var reading = counted
            if let counted { reading = await meter.confirm(counted) }
            do throws(ClientError) {
                if let reading, let excess = meter.refusal(reading) { throw excess }
                response = try await route.run(request, trail, addresses)
            } catch {
                response = .problem(error, requestID: request.requestID)
                code = error.code
            }
            reading?.write(to: &response)
            mailbox.post(.answered(connection: connection, response, code))
        }
    }

    /// Keeps that a token was refused.
    func noteToken(_ code: ErrorCode, _ head: HTTPRequestHead) {
        let address = gateway.context.proxies.client(of: head, peer: client)
        gateway.context.noteToken(code, from: address, requestID: requestID)
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
    func count(_ status: HTTPStatus) {
        guard role != .watchers else { return }
        let (method, path) = route
        gateway.counters.count(
            method, path, status: Int(status.rawValue),
            nanoseconds: MonotonicClock.nanoseconds() - requestStart)
        Log.debug("\(method) \(path) \(status.rawValue)", requestID: requestID)
    }

    /// Goes on with requests that wait, and with reading.
    func goOn() {
        guard state == .reading, !isConsuming else { return }
        guard !isClogged else { return connection.pauseReading() }
        connection.resumeReading()
        consumeWaiting()
        if isPeerDone, state == .reading, waiting.isEmpty { end() }
    }

    func consumeWaiting() {
        guard !waiting.isEmpty else { return }
        var bytes = ByteBuffer()
        swap(&bytes, &waiting)
        var span = bytes.mutableSpan
        consume(&span)
    }

    func refuse(_ error: HTTPError) {
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

    func end() {
        state = .closing
        gateway.loop.cancelTimer(&timer)
        connection.finish()
    }
}
