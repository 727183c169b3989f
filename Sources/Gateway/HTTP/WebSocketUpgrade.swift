import Bytes
import ClientProtocol
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
        do throws(ClientError) {
            opening = try WebSocketUpgrade.opening(path, head.target)
        } catch {
            throw .answered(.problem(error, requestID: requestID), error.code)
        }
        // Last of all: a handshake that fails for another reason leaves a ticket good.
        do throws(HandshakeToken.Failure) {
            principal = try HandshakeToken.principal(
                head, offered: handshake.offeredSubprotocols, context, mayWait: mayWait, redeemed: redeemed)
        } catch {
            switch error {
            case .awaitsKeys(let issuer): throw .awaitsKeys(issuer: issuer)
            case .awaitsTicket(let ticket): throw .awaitsTicket(ticket)
            case .refused(let error):
                throw .answered(.problem(error, requestID: requestID), error.code)
            }
        }
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
