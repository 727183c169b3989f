import Bytes
import Reactor
import Telemetry

/// Who hears what comes over a connection to Redis.
protocol RedisConnectionOwner: AnyObject {
    /// The connection is ready for commands.
    func connected(_ connection: RedisConnection)
    /// The connection is lost; what had no answer gets none. It is made again by itself.
    func disconnected(_ connection: RedisConnection)
    /// A subscriber's connection got a reply that answers no command.
    func received(_ reply: RedisReply, on connection: RedisConnection)
}

/// A connection to one Redis on a loop: commands of a turn leave together, answers come in their order.
///
/// ```
///   away ──start──► resolving ──► connecting ──► greeting ──► ready
///    ▲                  └──────────────┴────────────┴───────────┤ lost, silent, refused
///    └──────────────── a jittered pause, longer each time ◄─────┘
/// ```
final class RedisConnection: ConnectionHandler, TimerTarget {
    enum State { case away, resolving, connecting, greeting, ready }
    enum Role { case commands, subscriber }
    private enum Timer: UInt8 { case pause, check }

    typealias Answer = (Result<RedisReply, RedisError>) -> Void

    private static let shortestPause: Int64 = 100
    private static let longestPause: Int64 = 2000
    private static let checkMilliseconds: Int64 = 500

    let address: RedisAddress
    private(set) var state = State.away
    /// What the process at the other end calls itself.
    private(set) var run = ""
    private let loop: EventLoop
    private let settings: RedisSettings
    private let role: Role
    private unowned let owner: any RedisConnectionOwner
    private let mailbox: Mailbox<Result<[SocketAddress], ResolutionFailure>>
    private var places: [SocketAddress] = []
    private var connection: Connection?
    private var reader: ReaderBox?
    private var outgoing = ByteBuffer()
    /// Who waits for answers, oldest first, and since when the oldest of those sent has waited.
    private var waiting = AnswerQueue()
    private var heardAt: Int64 = 0
    private var hasHeard = false
    private var pause = RedisConnection.shortestPause
    private var timer = TimerID.none
    private var complaint = ""

    init(
        _ loop: EventLoop, _ address: RedisAddress, _ settings: RedisSettings, role: Role,
        owner: any RedisConnectionOwner
    ) {
        self.loop = loop
        self.address = address
        self.settings = settings
        self.role = role
        self.owner = owner
        mailbox = Mailbox(on: loop.executor)
        loop.attach(mailbox) { [unowned self] mail in for letter in mail { resolved(letter) } }
        loop.atEndOfTurn { [unowned self] in flush() }
    }

    // MARK: Commands

    /// Sends a command at the turn's end; its answer comes once, ``RedisError/away`` where it never will.
    func send(_ arguments: [RedisArgument], _ answer: Answer? = nil) {
        guard state == .ready else {
            answer?(.failure(.away))
            return
        }
        write(arguments, answer)
    }

    /// Publishes at the turn's end.
    ///
    /// - Returns: Whether there is a connection for it.
    func publish(_ payload: Span<UInt8>, to channel: String) -> Bool {
        guard state == .ready else { return false }
        waiting.append(nil, at: loop.now)
        RedisCommand.appendPublish(payload, to: channel, &outgoing)
        return true
    }

    private func write(_ arguments: [RedisArgument], _ answer: Answer?) {
        // A subscriber's commands have no answers of their own: what comes are messages.
        if role == .commands || state == .greeting { waiting.append(answer, at: loop.now) }
        RedisCommand.append(arguments, to: &outgoing)
    }

    private func flush() {
        guard !outgoing.isEmpty, let connection, state == .greeting || state == .ready else { return }
        outgoing.withSpan { connection.write($0) }
        outgoing.removeAll()
    }

    // MARK: Connecting

    /// Begins to connect, and goes on for ever.
    func start() {
        guard state == .away else { return }
        state = .resolving
        switch address.place {
        case .path(let path):
            connect(SocketAddress(path: path).map { [$0] } ?? [])
        case .host(let host, let port):
            if let place = SocketAddress(host: host, port: port) { return connect([place]) }
            HostLookup.start(host, port, mailbox)
        }
    }

    private func resolved(_ result: Result<[SocketAddress], ResolutionFailure>) {
        guard state == .resolving else { return }
        switch result {
        case .success(let places): connect(places)
        case .failure(let failure): retreat(failure.words)
        }
    }

    private func connect(_ places: [SocketAddress]) {
        state = .connecting
        self.places = places
        connectNext()
    }

    private func connectNext() {
        guard !places.isEmpty else { return retreat("nobody answers") }
        let place = places.removeFirst()
        guard let reader = ReaderBox() else { return retreat("there is no memory") }
        do {
            let connection: Connection
            if address.isSecure, case .host(let host, _) = address.place {
                guard let context = settings.tls else { return retreat("TLS is not set up") }
                connection = try Connection(
                    connectingTo: place, on: loop, tls: try TLSSession(context, on: loop, hostName: host))
            } else {
                connection = try Connection(connectingTo: place, on: loop)
            }
            self.reader = reader
            self.connection = connection
            connection.handler = self
            heardAt = loop.now
            hasHeard = false
            outgoing.removeAll()
            fail()
            watch()
            if !address.isSecure { greet() }
        } catch {
            retreat("\(error)")
        }
    }

    func connectionSecured() { greet() }

    private func greet() {
        state = .greeting
        if !address.password.isEmpty {
            let user: [RedisArgument] = address.user.isEmpty ? [] : [.text(address.user)]
            write(["AUTH"] + user + [.text(address.password)], step("does not let us in"))
        }
        if address.database > 0 {
            write(["SELECT", .integer(Int64(address.database))], step("refuses the database"))
        }
        write(["CLIENT", "SETNAME", .text("stoa-\(settings.instance)-\(loop.index)")], nil)
        write(["INFO", "server"]) { [unowned self] result in greeted(result) }
        flush()
    }

    private func step(_ complaint: String) -> Answer {
        { [unowned self] result in
            if case .success(.error(let words)) = result { retreat("it \(complaint): \(words)") }
        }
    }

    private func greeted(_ result: Result<RedisReply, RedisError>) {
        guard state == .greeting else { return }
        guard case .success(let reply) = result else { return }
        if case .error(let words) = reply { return retreat("it refuses to say what it is: \(words)") }
        if let lack = ServerVersion.lack(in: reply.text ?? "") { return retreat(lack) }
        run = ServerVersion.field("run_id", in: reply.text ?? "")
        state = .ready
        pause = RedisConnection.shortestPause
        complaint = ""
        if role == .commands { Log.notice("Redis at \(address.name) is connected") }
        owner.connected(self)
    }

    // MARK: Losing it

    /// Gives the connection up and tries again after a pause.
    private func retreat(_ words: String) {
        guard state != .away else { return }
        let wasReady = state == .ready
        // Once for each cause: a Redis that is away for hours is one line.
        if words != complaint { Log.warning("Redis at \(address.name) is away: \(words)") }
        complaint = words
        state = .away
        connection?.handler = nil
        connection?.close()
        connection = nil
        reader = nil
        outgoing.removeAll()
        loop.cancelTimer(&timer)
        fail()
        if wasReady { owner.disconnected(self) }
        let length = pause / 2 + Int64.random(in: 0...pause / 2)
        pause = min(pause * 2, RedisConnection.longestPause)
        timer = loop.startTimer(after: length, kind: Timer.pause.rawValue, target: self)
    }

    private func fail() {
        for answer in waiting.takeAll() { answer?(.failure(.away)) }
    }

    private func watch() {
        loop.cancelTimer(&timer)
        timer = loop.startTimer(
            after: RedisConnection.checkMilliseconds, kind: Timer.check.rawValue, target: self)
    }

    func timerFired(kind: UInt8) {
        timer = .none
        if kind == Timer.pause.rawValue { return start() }
        let limit = settings.timeoutMilliseconds
        let isLate =
            switch state {
            case .ready where role == .subscriber: loop.now - heardAt > 2 * limit
            case .ready: waiting.oldest.map { loop.now - $0 > limit } ?? false
            default: loop.now - heardAt > limit
            }
        if isLate {
            if state == .connecting, !places.isEmpty { return tryNext() }
            return retreat("it does not answer in \(limit) ms")
        }
        // Nothing tells of a peer whose machine is gone, but that it does not answer.
        if state == .ready, loop.now - heardAt > limit / 2, role == .subscriber || waiting.oldest == nil {
            write(["PING"], nil)
        }
        watch()
    }

    private func tryNext() {
        connection?.handler = nil
        connection?.close()
        connectNext()
    }

    // MARK: Bytes

    func connectionReceived(_ bytes: inout MutableSpan<UInt8>) {
        heardAt = loop.now
        hasHeard = true
        guard let reader else { return }
        do throws(RedisError) {
            try reader.reader.feed(bytes.span)
            // An answer may end the connection.
            while connection != nil, let reply = try reader.reader.next() { take(reply) }
        } catch {
            retreat("\(error)")
        }
    }

    private func take(_ reply: RedisReply) {
        if role == .subscriber, state == .ready { return owner.received(reply, on: self) }
        guard let answer = waiting.next() else { return retreat("it answers what nobody asked") }
        answer?(.success(reply))
    }

    func connectionPeerFinished() { retreat("it closed the connection") }

    func connectionDrained() {}

    func connectionClosed(_ reason: DisconnectReason) {
        connection = nil
        // A name with several addresses: another one may answer.
        if state == .connecting || state == .greeting, !hasHeard, !places.isEmpty { return connectNext() }
        if case .failed(let code) = reason { return retreat(SystemError.words(code)) }
        retreat(reason == .tls ? "its certificate or TLS is not accepted" : "it closed the connection")
    }
}

/// A box, since a class' optional field holds no noncopyable value that is borrowed across calls.
private final class ReaderBox {
    let reader: ReplyReader

    init?() {
        guard let reader = ReplyReader() else { return nil }
        self.reader = reader
    }
}
