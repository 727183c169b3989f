import Bytes
import Glibc
import Reactor

/// A connection to one Redis on a loop: commands of a turn leave together, answers come in their order.
///
/// ```
///   away ──start──► resolving ──► connecting ──► greeting ──► ready
///    ▲                  └──────────────┴────────────┴───────────┤ lost, silent, refused
///    └──────────────── a jittered pause, longer each time ◄─────┘
/// ```
final class RedisConnection: ConnectionHandler {
    enum State { case away, resolving, connecting, greeting, ready }
    enum Role { case commands, subscriber, guide }
    enum Timer: UInt8 { case pause, check }

    typealias Answer = (Result<RedisReply, RedisError>) -> Void

    private static let shortestPause: Int64 = 100
    private static let longestPause: Int64 = 2000
    static let checkMilliseconds: Int64 = 500

    /// Where it leads; nil while that is not known.
    private(set) var address: RedisAddress?
    private(set) var state = State.away
    /// What the process at the other end calls itself.
    private(set) var run = ""
    /// What it is, and of which version.
    private(set) var version = ""
    let loop: EventLoop
    let settings: RedisSettings
    let role: Role
    private let kind: RedisGreeting.Kind
    private var isStarted = false
    private unowned let owner: any RedisConnectionOwner
    private let mailbox: Mailbox<HostLookup.Finding>
    var places: [SocketAddress] = []
    var connection: Connection?
    private var reader: ReaderBox?
    private var outgoing = ByteBuffer()
    /// Who waits for answers, oldest first, and since when the oldest of those sent has waited.
    var waiting = AnswerQueue()
    var heardAt: Int64 = 0
    private var hasHeard = false
    var isMeasuring = false
    private var pause = RedisConnection.shortestPause
    var timer = TimerID.none

    init(
        _ loop: EventLoop, _ address: RedisAddress?, _ settings: RedisSettings, role: Role,
        kind: RedisGreeting.Kind, owner: any RedisConnectionOwner
    ) {
        self.loop = loop
        self.address = address
        self.settings = settings
        self.role = role
        self.kind = kind
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

    func write(_ arguments: [RedisArgument], _ answer: Answer?) {
        // A subscriber's commands have no answers of their own: what comes are messages.
        if role != .subscriber || state == .greeting { waiting.append(answer, at: loop.now) }
        RedisCommand.append(arguments, run: run, to: &outgoing)
    }

    private func flush() {
        guard !outgoing.isEmpty, let connection, state == .greeting || state == .ready else { return }
        outgoing.withSpan { connection.write($0) }
        outgoing.removeAll()
    }

    // MARK: Connecting

    /// Begins to connect, and goes on until it is stopped.
    func start() {
        isStarted = true
        guard state == .away, let address else { return }
        loop.cancelTimer(&timer)
        state = .resolving
        switch address.place {
        case .path(let path):
            connect(SocketAddress(path: path).map { [$0] } ?? [])
        case .host(let host, let port):
            if let place = SocketAddress(host: host, port: port) { return connect([place]) }
            HostLookup.start(host, port, mailbox)
        }
    }

    /// Leads elsewhere from now on, or nowhere.
    func move(to other: RedisAddress?) {
        guard other != address else { return }
        let isMoving = isStarted
        stop()
        address = other
        pause = RedisConnection.shortestPause
        if isMoving { start() }
    }

    /// Leads elsewhere once the pause is over.
    func tryNext(_ other: RedisAddress) { if state == .away { address = other } }

    /// Ends the connection and makes no other.
    func stop() {
        isStarted = false
        let wasReady = state == .ready
        close()
        if wasReady { owner.disconnected(self) }
    }

    private func resolved(_ finding: HostLookup.Finding) {
        guard state == .resolving, case .host(finding.host, _) = address?.place else { return }
        switch finding.result {
        case .success(let places): connect(places)
        case .failure(let failure): retreat(failure.words)
        }
    }

    private func connect(_ places: [SocketAddress]) {
        state = .connecting
        self.places = places
        connectNext()
    }

    func connectNext() {
        guard !places.isEmpty else { return retreat("nobody answers") }
        let place = places.removeFirst()
        guard let reader = ReaderBox() else { return retreat("there is no memory") }
        do {
            let connection: Connection
            if let address, address.isSecure, case .host(let host, _) = address.place {
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
            if address?.isSecure != true { greet() }
        } catch {
            retreat("\(error)")
        }
    }

    func connectionSecured() { greet() }

    private func greet() {
        guard let address else { return }
        state = .greeting
        let greeting = RedisGreeting(address, settings, role, kind, loop: loop.index)
        let steps = greeting.steps
        for (place, step) in steps.enumerated() {
            write(step.command) { [unowned self] result in
                guard state == .greeting, case .success(let reply) = result else { return }
                if let lack = step.lack(reply) { return retreat(lack) }
                if let found = greeting.run(reply) {
                    run = found
                    version = ServerVersion.name(in: reply.text ?? "")
                }
                if place == steps.count - 1 { greeted() }
            }
        }
        flush()
    }

    private func greeted() {
        state = .ready
        pause = RedisConnection.shortestPause
        owner.connected(self)
    }

    // MARK: Losing it

    /// Gives the connection up and tries again after a pause.
    func retreat(_ words: String) {
        guard state != .away else { return }
        let wasReady = state == .ready
        close()
        if wasReady { owner.disconnected(self) }
        let length = pause / 2 + Int64.random(in: 0...pause / 2)
        pause = min(pause * 2, RedisConnection.longestPause)
        timer = loop.startTimer(after: length, kind: Timer.pause.rawValue, target: self)
        owner.failed(self, words)
    }

    /// Gives it up because of what its owner has found out.
    func giveUp(_ words: String) { retreat(words) }

    private func close() {
        state = .away
        connection?.handler = nil
        connection?.close()
        connection = nil
        reader = nil
        outgoing.removeAll()
        loop.cancelTimer(&timer)
        fail()
    }

    private func fail() {
        for answer in waiting.takeAll() { answer?(.failure(.away)) }
    }

    // MARK: Bytes

    func connectionReceived(_ bytes: inout MutableSpan<UInt8>) {
        heardAt = loop.now
        // What begins so is an alert of TLS, and of no RESP.
        if !hasHeard, address?.isSecure == false, bytes.span[0] == 0x15 {
            return retreat("it speaks TLS: its address begins with rediss")
        }
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
        if role == .subscriber {
            if state == .ready { return owner.received(reply, on: self) }
            // What is said on a channel while it is only tried answers nothing.
            if let word = reply.members?.first?.text, word.hasSuffix("message") { return }
        }
        guard let answer = waiting.next() else { return retreat("it answers what nobody asked") }
        answer?(.success(reply))
    }

    func connectionPeerFinished() { retreat("it closed the connection") }

    func connectionDrained() {}

    func connectionClosed(_ reason: DisconnectReason) {
        let certificateFault = connection?.certificateFault
        connection = nil
        // A name with several addresses: another one may answer.
        if state == .connecting || state == .greeting, !hasHeard, !places.isEmpty { return connectNext() }
        if reason == .tls {
            return retreat(
                certificateFault.map { "its certificate is not accepted: \($0)" }
                    ?? "TLS with it fails: where it speaks none, its address begins with redis, not rediss")
        }
        let isCut = [.closedByPeer, .failed(ECONNRESET), .failed(EPIPE)].contains(reason)
        if isCut, state == .greeting, !hasHeard, address?.isSecure == false {
            return retreat(
                "it closed the connection at our first word: where it speaks TLS, its address begins with rediss"
            )
        }
        if case .failed(let code) = reason { return retreat(SystemError.words(code)) }
        retreat("it closed the connection")
    }
}
