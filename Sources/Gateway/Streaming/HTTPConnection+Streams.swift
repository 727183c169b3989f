import Bytes
import ClientProtocol
import HTTP
import Identity
import Reactor

// Channels for those without a WebSocket: server-sent events and long polls, through the same hub.
extension HTTPConnection {
    func open(_ head: HTTPRequestHead, _ path: StreamPath) {
        route = ("GET", path.template)
        guard head.method == .get else { return refuse(methods: [.get]) }
        let principal: Principal
        let asked: StreamRequest
        do throws(ClientError) {
            // First: a request that cannot be read leaves a ticket good.
            asked = try StreamRequest(head, path)
            if let judged {
                if let refusal = judged.refusal { throw StreamRequest.asAsked(refusal) }
                principal = judged.person
            } else {
                guard let person = try reader(head) else { return }
                try check(person, asked)
                guard asked.rooms.isEmpty else { return judge(person, asked.rooms) }
                principal = person
            }
        } catch {
            noteToken(error.code, head)
            return refuse(error)
        }
        switch path {
        case .poll:
            connection.pauseReading()
            poll = LongPoll(self, asked, principal)
        case .events: stream(head, asked, principal)
        }
    }

    /// Who reads; nil where that has to be asked elsewhere first.
    private func reader(_ head: HTTPRequestHead) throws(ClientError) -> Principal? {
        do throws(HandshakeToken.Failure) {
            let person = try HandshakeToken.principal(
                head, gateway.context, mayWait: !hasAskedForKeys, redeemed: redeemed)
            if let person { return person }
        } catch {
            switch error {
            case .awaitsKeys(let issuer): askForKeys(issuer: issuer)
            case .awaitsTicket(let ticket): redeem(ticket)
            case .refused(let error): throw error
            }
            return nil
        }
        guard role == .operators else { throw ClientError(.unauthenticated, "Send a token.") }
        return LocalAPI.operatorPrincipal(as: head.headers["x-stoa-user"] ?? "operator", hours: 24 * 365)
    }

    private func check(_ principal: Principal, _ asked: StreamRequest) throws(ClientError) {
        if role == .clients { try gateway.context.pace.take(principal) }
        // Rooms' leaderboards are judged behind all that can be judged at once.
        if let refusal = Session.refusal(
            ofReading: asked.channels, principal, gateway.context.portfolios, isJoined: { _ in true })
        {
            throw StreamRequest.asAsked(refusal)
        }
        guard asked.channels.count <= gateway.context.settings.channels else {
            throw Session.tooManyChannels(gateway.context.settings.channels)
        }
    }

    private func stream(_ head: HTTPRequestHead, _ asked: StreamRequest, _ principal: Principal) {
        let address = gateway.context.proxies.client(of: head, peer: client)
        guard let departure = depart(.ok, address: address) else { return }
        var response = HTTPResponse(.ok)
        response.headers.set("content-type", "text/event-stream; charset=utf-8")
        // Nginx would wait for its buffer to be full.
        response.headers.set("x-accel-buffering", "no")
        ResponseFields.complete(&response, head, gateway.context.origins, requestID: requestID)
        var bytes = ByteBuffer(capacity: 640)
        ResponseEncoder.appendHead(
            .ok, response.headers, body: .untilClose, version: head.version, isKeepAlive: false,
            date: gateway.dateText(), into: &bytes)
        EventStreamFraming.appendOpening(to: &bytes)
        let session = Session(
            connection, gateway, address: address, departure: departure, deflate: nil, opening: nil,
            events: EventStreamFraming(asked.cursor), wantsPersonal: asked.channels.contains("me"))
        connection.handler = session
        session.answer(with: bytes.span)
        session.begin(principal, id: nil)
        if session.isOpen { session.dispatch(asked.command) }
    }
}
