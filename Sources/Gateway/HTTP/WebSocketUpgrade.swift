import Bytes
import ClientProtocol
import Cryptography
import HTTP
import Identity
import Reactor
import WebSocket

/// The paths that become WebSockets.
enum WebSocketPath: Equatable {
    case multiplexed
    case room(String)
    case echo

    /// The path as metrics name it.
    var template: String {
        switch self {
        case .multiplexed: "/ws"
        case .room: "/ws/rooms/{}"
        case .echo: "/echo"
        }
    }

    /// Reads a request's path; nil where it is none of them.
    init?(_ target: RequestTarget, echo isEchoing: Bool) {
        let segments = target.segments
        switch segments.count {
        case 1 where segments[0] == "ws": self = .multiplexed
        case 1 where segments[0] == "echo" && isEchoing: self = .echo
        case 3 where segments[0] == "ws" && segments[1] == "rooms" && !segments[2].isEmpty:
            self = .room(segments[2])
        default: return nil
        }
    }
}

/// What the processes of a service said to a ticket.
public struct RedeemedTicket: Sendable {
    private let redemption: TicketDesk.Redemption

    init(_ redemption: TicketDesk.Redemption) { self.redemption = redemption }

    /// The token that it was given for; nil where it is good nowhere, or nobody can say.
    var token: String? {
        guard case .token(let token) = redemption else { return nil }
        return token
    }

    /// Why it opens nothing.
    var refusal: ClientError {
        guard redemption == .away else { return WebSocketUpgrade.noTicket }
        return ClientError(
            .unavailable, "The ticket cannot be looked up at present. Try again with it, or with a new one.",
            retryAfter: 1000)
    }
}

/// A request that becomes a WebSocket (RFC 6455 §4.2): checked, with its answer and what it agreed on.
struct WebSocketUpgrade {
    /// Why it does not become one.
    enum Refusal: Error {
        case answered(HTTPResponse, ErrorCode)
        /// It may, when the keys of an issuer have been asked for.
        case awaitsKeys(issuer: Int)
        /// It may, when the other processes have been asked for a ticket.
        case awaitsTicket(String)
    }

    /// The 101 answer.
    let answer: [UInt8]
    private let path: WebSocketPath
    private let principal: Principal?
    private let deflate: DeflateAgreement?
    private let opening: Session.RoomOpening?

    /// Checks a request.
    ///
    /// - Parameters:
    ///   - mayWait: Whether keys may be asked for.
    ///   - redeemed: What the other processes said to its ticket; nil before they were asked.
    init(
        _ head: HTTPRequestHead, _ path: WebSocketPath, _ context: GatewayContext, requestID: String,
        mayWait: Bool, redeemed: RedeemedTicket?
    ) throws(Refusal) {
        self.path = path
        // The echo endpoint is for suites, which try small windows too: its connections share no frames.
        let policy = DeflatePolicy(allowsSmallServerWindow: path == .echo)
        let handshake: Handshake
        switch Handshake.validate(
            head, subprotocols: ["stoa.v1"], deflate: context.settings.compression ? policy : nil)
        {
        case .success(let valid): handshake = valid
        case .failure(let refusal):
            throw .answered(WebSocketUpgrade.answer(refusal, requestID), .invalidMessage)
        }
        guard path == .echo || context.origins.admits(head) else {
            let error = ClientError(.forbidden, "Pages of this origin may not connect.")
            throw .answered(.problem(error, requestID: requestID), error.code)
        }
        deflate = handshake.deflate
        let sender: Principal?
        do throws(BearerToken.Failure) {
            if let sent = try BearerToken.principal(head.headers, context.verifier, mayWait: mayWait) {
                sender = sent
            } else if let token = redeemed?.token {
                sender = try BearerToken.verify(token, context.verifier, mayWait: mayWait)
            } else {
                sender = try WebSocketUpgrade.offered(
                    handshake.offeredSubprotocols, context.verifier, mayWait: mayWait)
            }
        } catch {
            switch error {
            case .awaitsKeys(let issuer): throw .awaitsKeys(issuer: issuer)
            case .refused(let error):
                throw .answered(.problem(error, requestID: requestID), error.code)
            }
        }
        let ticket = head.target.queryValue("ticket")
        var awaitsTicket = false
        do throws(ClientError) {
            opening = try WebSocketUpgrade.opening(path, head.target)
            // Last of all: a handshake that fails for another reason leaves the ticket good.
            if let sender {
                principal = sender
            } else if ticket != nil, let redeemed {
                throw redeemed.refusal
            } else if let ticket {
                principal = try WebSocketUpgrade.person(of: ticket, context)
                awaitsTicket = principal == nil
            } else {
                principal = nil
            }
        } catch {
            throw .answered(.problem(error, requestID: requestID), error.code)
        }
        if awaitsTicket, let ticket { throw .awaitsTicket(ticket) }
        var bytes = ByteBuffer(capacity: 256)
        ResponseEncoder.appendHead(.switchingProtocols, handshake.headers, body: .none, into: &bytes)
        answer = bytes.array()
    }

    private static func answer(_ refusal: Handshake.Refusal, _ requestID: String) -> HTTPResponse {
        let body = ClientError(.invalidMessage, refusal.message).problem(requestID: requestID)
        var response = HTTPResponse(refusal.status, bytes: body.span, type: .problem)
        for index in 0..<refusal.headers.count {
            switch refusal.headers.name(at: index).lowercased() {
            case "sec-websocket-version":
                response.headers.set("sec-websocket-version", refusal.headers.value(at: index))
            default: response.headers.set("upgrade", refusal.headers.value(at: index))
            }
        }
        return response
    }

    /// The token that came as a sub-protocol, the one way for a browser's script to send one in the handshake.
    private static func offered(
        _ protocols: [String], _ verifier: TokenVerifier, mayWait: Bool
    ) throws(BearerToken.Failure) -> Principal? {
        let prefix = "stoa.bearer."
        guard let offer = protocols.first(where: { $0.hasPrefix(prefix) }) else { return nil }
        let encoded = String(offer.dropFirst(prefix.count))
        guard let bytes = Base64.decodeURL(encoded.utf8Span.span), let token = String(utf8: bytes.span) else {
            throw .refused(ClientError(.tokenInvalid, "The sub-protocol's token is not base64url."))
        }
        return try BearerToken.verify(token, verifier, mayWait: mayWait)
    }

    fileprivate static let noTicket = ClientError(
        .tokenInvalid, "The ticket was used, has run out or never was one.")

    /// The person of a ticket, which is taken: a bearer's token would have come in a field, never in the query.
    ///
    /// - Returns: Nil where the other processes have to be asked.
    private static func person(
        of ticket: String, _ context: GatewayContext
    ) throws(ClientError) -> Principal? {
        let principal: Principal
        switch context.tickets.take(ticket) {
        case .taken(let person): principal = person
        case .shared: return nil
        case .none: throw noTicket
        }
        do throws(TokenError) {
            try context.verifier.check(principal)
        } catch {
            throw BearerToken.refusal(error)
        }
        return principal
    }

    private static func opening(
        _ path: WebSocketPath, _ target: RequestTarget
    ) throws(ClientError) -> Session.RoomOpening? {
        guard case .room(let room) = path else { return nil }
        guard room.utf8.count <= ProtocolLimits.idBytes else {
            throw .invalid("room", "There is no such room.")
        }
        var since: StreamPosition?
        if let text = target.queryValue("since") {
            guard let colon = text.lastIndex(of: ":"), let seq = Int64(text[text.index(after: colon)...]),
                seq >= 0
            else { throw .invalid("since", "\"since\" is <epoch>:<seq>.") }
            since = StreamPosition(epoch: String(text[..<colon]), offset: seq)
        }
        var history = 0
        if let text = target.queryValue("history") {
            guard let count = Int(text), (0...ProtocolLimits.pageRows).contains(count) else {
                throw .invalid("history", "\"history\" is 0 to \(ProtocolLimits.pageRows).")
            }
            history = count
        }
        return Session.RoomOpening(room: room, since: since, history: history)
    }

    /// Answers, and makes who speaks on the connection from now on.
    func makeHandler(
        _ connection: Connection, _ gateway: GatewayLoop, address: String, _ departure: Departure
    ) -> any ConnectionHandler {
        if path == .echo {
            connection.write(answer.span)
            return EchoSession(connection, gateway, departure, deflate: deflate)
        }
        let session = Session(
            connection, gateway, address: address, departure: departure, deflate: deflate, opening: opening)
        session.answer(with: answer.span)
        if let principal { session.begin(principal, id: nil) }
        return session
    }
}
