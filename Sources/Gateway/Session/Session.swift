import Bytes
import ClientProtocol
import Identity
import PubSub
import Reactor
import Telemetry
import WebSocket

/// An authenticated client on a WebSocket connection: frames in, requests to their places, pushes out.
final class Session: ConnectionHandler, TimerTarget {
    enum Timer: UInt8 { case auth, ping, pong, expiring, expiry, farewell }
    enum State { case awaitingToken, live, closing }

    let id = Identifier.short("s")
    let gateway: GatewayLoop
    let connection: Connection
    var rooms = SessionRooms()
    /// The client's address, as a trusted proxy may have told it.
    let address: String
    var principal: Principal? { didSet { publishedTopic = nil } }
    /// The topic that it published to last, which it may: most publish to one, and the name and the grants cost more to
    /// look at than a comparison.
    var publishedTopic: String?
    var subscriber: Subscriber?
    /// The room of `/ws/rooms/{room_id}`.
    var singleRoom: String?
    /// Until it is asked for.
    var opening: RoomOpening?
    let departure: Departure
    /// Whether it is read as server-sent events: nothing comes in on it, and a WebSocket's own frames do not go out.
    let isEventStream: Bool
    /// Whether pushes to its person go to it.
    private let wantsPersonal: Bool
    private var decoder: MessageDecoder
    /// Messages that came while the keys of a first token are asked for; nil at other times.
    var held: [[UInt8]]?
    var state = State.awaitingToken {
        didSet {
            guard state != oldValue else { return }
            count(oldValue, -1)
            count(state, 1)
        }
    }
    private var commands: TokenBucket
    private var controls: TokenBucket
    var liveness = TimerID.none
    var expiry = TimerID.none
    var hasHeard = true
    /// Requests with an id whose replies come from elsewhere.
    var outstanding: Int32 = 0
    /// How it will close when they are there.
    var farewell: Farewell?
    /// Topics and patterns that it has subscribed.
    var topics: Set<String> = []
    /// Its way to the topics, once something had to be asked for it elsewhere.
    var topicDoor: TopicDoor?
    /// The watch-lists of an event stream as its request found them, which was counted too; nil on a WebSocket.
    var readLists: [String: ChannelList]?

    final class Farewell {
        let code: UInt16
        let reason: String
        let byPeer: Bool

        init(code: UInt16, reason: String, byPeer: Bool) {
            self.code = code
            self.reason = reason
            self.byPeer = byPeer
        }
    }

    /// How `/ws/rooms/{room_id}` asked to be joined.
    final class RoomOpening {
        let room: String
        let since: StreamPosition?
        let history: Int

        init(room: String, since: StreamPosition?, history: Int) {
            self.room = room
            self.since = since
            self.history = history
        }
    }

    init(
        _ connection: Connection, _ gateway: GatewayLoop, address: String, departure: Departure,
        deflate: DeflateAgreement?, opening: RoomOpening?, events: EventStreamFraming? = nil,
        wantsPersonal: Bool = true
    ) {
        self.departure = departure
        isEventStream = events != nil
        self.wantsPersonal = wantsPersonal
        self.connection = connection
        self.gateway = gateway
        self.address = address
        self.opening = opening
        singleRoom = opening?.room
        let settings = gateway.context.settings
        let limits = WebSocketLimits(
            messageBytes: settings.messageBytes, framesPerMessage: settings.framesPerMessage,
            inflateRatio: settings.inflateRatio)
        decoder = MessageDecoder(role: .server, limits: limits, deflate: deflate)
        commands = TokenBucket(settings.commandRate, now: gateway.loop.now)
        controls = TokenBucket(settings.controlRate, now: gateway.loop.now)
        subscriber = gateway.shard.add(
            connection, owner: self, isDeflating: deflate != nil, framing: events)
        gateway.sessions[ObjectIdentifier(self)] = self
        liveness = gateway.loop.startTimer(
            after: settings.authMilliseconds, kind: Timer.auth.rawValue, target: self)
        count(state, 1)
    }

    func count(_ state: State, _ change: Int) {
        let kind = isEventStream ? \GatewayCounters.eventStreams : \GatewayCounters.sessions
        switch state {
        case .awaitingToken: gateway.counters[keyPath: kind].awaitingToken += change
        case .live: gateway.counters[keyPath: kind].live += change
        case .closing: gateway.counters[keyPath: kind].closing += change
        }
    }

    var handle: SubscriberHandle? { subscriber?.handle }
    var isDeflating: Bool { subscriber?.isDeflating ?? false }

    // MARK: Signing in

    /// Begins the session of a person whose token is good.
    func begin(_ principal: Principal, id requestID: String?) {
        guard gateway.context.census.admit(user: principal.inbox) else {
            gateway.counters.refused[.person, default: 0] += 1
            return close(.tooManyConnections, "You have too many connections.")
        }
        countEverywhere(principal)
        self.principal = principal
        state = .live
        gateway.counters.sessionsBegun += 1
        Log.debug("session begins", session: id)
        gateway.loop.cancelTimer(&liveness)
        // Spread, so that connections of one moment do not all ping at one moment.
        let interval = gateway.context.settings.pingMilliseconds
        startLiveness(Int64.random(in: (interval / 2)...interval), .ping)
        startExpiry(principal)
        send(
            SessionReply.welcome(
                id: requestID, session: id, principal, gateway.context.settings,
                allowance: gateway.context.meter.allowance(of: principal)))
        // Came while the server goes away: served for as long as the others, and told like them.
        if let left = gateway.drainLeft { sayReconnect(within: left) }
        tellOwner(isBeginning: true, principal)
        guard let handle else { return }
        if wantsPersonal {
            gateway.context.topics.post(.attachPersonal(handle, user: principal.inbox))
        }
        if let opening {
            self.opening = nil
            guard principal.isAtHome else { return refuse(KeyAccess.otherTenant, id: nil) }
            if let scopes = principal.scopes, !scopes.allows(.readRooms) {
                return refuse(KeyAccess.lacking(.readRooms), id: nil)
            }
            join(opening.room, since: opening.since, history: opening.history, id: nil)
        }
    }

    /// Whether it still takes messages.
    var isOpen: Bool { state != .closing }

    func startExpiry(_ principal: Principal) {
        gateway.loop.cancelTimer(&expiry)
        let warning = gateway.context.settings.expiryWarningMilliseconds
        let left = principal.expiresAt.milliseconds - warning - Timestamp.now().milliseconds
        // Far off: looked at with each ping, so that most connections have one timer and not two.
        guard left < 2 * gateway.context.settings.pingMilliseconds else { return }
        guard warning > 0 else { return startEnd(principal) }
        expiry = gateway.loop.startTimer(after: max(0, left), kind: Timer.expiring.rawValue, target: self)
    }

    func startEnd(_ principal: Principal) {
        let left = principal.expiresAt.milliseconds + TokenVerifier.leeway - Timestamp.now().milliseconds
        expiry = gateway.loop.startTimer(after: max(0, left), kind: Timer.expiry.rawValue, target: self)
    }

    // MARK: Frames in

    func connectionReceived(_ bytes: inout MutableSpan<UInt8>) {
        guard !isEventStream else { return }
        hasHeard = true
        var position = 0
        while state != .closing, farewell == nil {
            do throws(WebSocketError) {
                guard let event = try decoder.next(in: &bytes, at: &position) else { return }
                switch event {
                case .message(.text, .input(let range)): receive(bytes.span.extracting(range))
                case .message(.text, .assembled): receiveAssembled(decoder)
                case .message(.binary, _): closeWhenAnswered(1003, "Messages are JSON text.")
                case .ping(let payload): answer(ping: payload)
                case .pong: countControl()
                case .close(let code, _): peerCloses(code)
                }
            } catch {
                closeWhenAnswered(error.closeCode.rawValue, error.sentence)
            }
        }
    }

    private func receiveAssembled(_ decoder: borrowing MessageDecoder) { receive(decoder.assembled) }

    private func countControl() {
        if controls.take(gateway.context.settings.controlRate, now: gateway.loop.now) > 0 {
            close(.rateLimited, "Too many control frames.")
        }
    }

    private func answer(ping payload: InlineControl) {
        countControl()
        guard state != .closing else { return }
        var frame = ByteBuffer(capacity: payload.count + 2)
        FrameEncoder.append(.pong, payload: payload.span, to: &frame)
        sendFrame(frame)
    }

    func receive(_ message: Span<UInt8>) {
        guard held == nil else {
            // Few: the connection is not read from meanwhile.
            held?.append([UInt8](message))
            return
        }
        let wait = commands.take(gateway.context.settings.commandRate, now: gateway.loop.now)
        let command: Command
        do throws(CommandError) {
            command = try CommandDecoder.decode(message, room: singleRoom)
        } catch {
            switch error {
            case .notAnObject:
                let reason = ClosingReason.protocolViolation
                return closeWhenAnswered(reason.rawValue, "\(reason.name): A message is one JSON object.")
            case .refused(let refusal, let id):
                return refuse(wait > 0 ? Session.tooFast(wait) : refusal, id: id)
            }
        }
        guard wait == 0 else { return refuse(Session.tooFast(wait), id: command.id) }
        gateway.counters.commands[Int(command.kind.rawValue)] += 1
        dispatch(command)
    }

    private static func tooFast(_ wait: Int64) -> ClientError {
        ClientError(.rateLimited, "Too many requests at once.", retryAfter: wait)
    }

    // MARK: Out

    /// Sends a JSON message.
    func send(_ payload: borrowing ByteBuffer) {
        var frame = ByteBuffer(capacity: payload.count + 10)
        FrameEncoder.append(.text, payload: payload.span, to: &frame)
        sendFrame(frame)
    }

    /// Answers the request that has become this session: with `welcome`, one system call.
    func answer(with response: Span<UInt8>) {
        guard let subscriber else { return }
        gateway.shard.put(response, to: subscriber)
    }

    func sendFrame(_ frame: borrowing ByteBuffer) {
        guard let subscriber else { return }
        gateway.shard.append(frame.span, to: subscriber)
    }

    /// Refuses a request.
    func refuse(_ error: ClientError, id requestID: String?) {
        gateway.counters.refusals[error.code, default: 0] += 1
        send(error.encoded(id: requestID))
    }

    /// Where a request's reply goes; it is waited for where the client gave it an id.
    func target(_ handle: SubscriberHandle, id: String?) -> ReplyTarget {
        if id != nil { outstanding += 1 }
        return .socket(handle, id: id)
    }

    /// Says that the server is going away, and when to come back: each at another moment.
    func sayReconnect(within window: Int64) {
        guard state == .live else { return }
        send(SessionReply.reconnect(afterMilliseconds: Int64.random(in: 0...max(0, window))))
    }
}
