import Bytes
import ClientProtocol
import HTTP
import Identity
import Prices
import Reactor
import Rooms

// Channels for those without a WebSocket: server-sent events and long polls, through the same hub.
extension HTTPConnection {
    func open(_ head: HTTPRequestHead, _ path: StreamPath) {
        route = ("GET", path.template)
        guard head.method == .get else { return refuse(methods: [.get]) }
        do throws(ClientError) {
            // First: a request that cannot be read leaves a ticket good.
            let asked = try StreamRequest(head, path, preparation?.lists ?? [:])
            if let preparation { return begin(head, path, asked, preparation) }
            guard let person = try reader(head) else { return }
            try check(person, asked)
            prepare(head, path, asked, person)
        } catch {
            noteToken(error.code, head)
            return refuse(error)
        }
    }

    /// Counts the request, reads the lists among its channels, and looks up who is a member of the rooms whose
    /// leaderboards are.
    private func prepare(
        _ head: HTTPRequestHead, _ path: StreamPath, _ asked: StreamRequest, _ person: Principal
    ) {
        let context = gateway.context
        let isNew = Meter.counts(asked.channels, since: asked.cursor.since)
        let counted = isNew ? context.meter.take(person) : nil
        let wanted = WatchlistService.channels(among: asked.channels)
        let preparation = StreamPreparation(person, counted)
        let rooms = asked.rooms
        guard !wanted.isEmpty || !rooms.isEmpty || counted != nil && context.meter.isShared else {
            return begin(head, path, asked, preparation)
        }
        connection.pauseReading()
        let (mailbox, connection) = (gateway.mailbox, id)
        Task {
            var preparation = preparation
            if let counted { preparation.reading = await context.meter.confirm(counted) }
            do throws(ClientError) {
                preparation.lists = try await context.lists(wanted, of: person.key)
                for room in rooms { try await context.service.checkMember(person, room) }
            } catch {
                var refusal = error
                refusal.field = "channels"
                preparation.refusal = StreamRequest.asAsked(refusal)
            }
            mailbox.post(.prepared(connection: connection, preparation))
        }
    }

    /// What the request needs is there.
    func prepared(_ preparation: StreamPreparation) {
        self.preparation = preparation
        proceedAgain()
    }

    private func begin(
        _ head: HTTPRequestHead, _ path: StreamPath, _ asked: StreamRequest, _ preparation: StreamPreparation
    ) {
        let excess = preparation.reading.flatMap { gateway.context.meter.refusal($0) }
        if let refusal = excess ?? preparation.refusal {
            gateway.counters.problems[refusal.code, default: 0] += 1
            var response = HTTPResponse.problem(refusal, requestID: requestID)
            preparation.reading?.write(to: &response)
            return answered(response)
        }
        switch path {
        case .poll:
            connection.pauseReading()
            poll = LongPoll(self, asked, preparation)
        case .events: stream(head, asked, preparation)
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

    private func stream(
        _ head: HTTPRequestHead, _ asked: StreamRequest, _ preparation: StreamPreparation
    ) {
        let address = gateway.context.proxies.client(of: head, peer: client)
        guard let departure = depart(.ok, address: address) else { return }
        var response = HTTPResponse(.ok)
        response.headers.set("content-type", "text/event-stream; charset=utf-8")
        // Nginx would wait for its buffer to be full.
        response.headers.set("x-accel-buffering", "no")
        preparation.reading?.write(to: &response)
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
        session.readLists = preparation.lists
        session.begin(preparation.principal, id: nil)
        if session.isOpen { session.dispatch(asked.command) }
    }
}
