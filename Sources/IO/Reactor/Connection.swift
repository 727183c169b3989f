public import Bytes
import CLinux
import Glibc

/// A socket of an event loop, with or without TLS: bytes in, bytes out, a bounded backlog for slow peers' bytes.
///
/// Owned by its loop for life and touched by its thread alone.
public final class Connection: EventSource, TimerTarget {
    enum State {
        case open
        /// Everything that is queued goes out, then our half is closed.
        case finishing
        /// Our half is closed; input is thrown away until the peer closes too, so that it gets our last bytes
        /// (closing with unread input would make the kernel reset the connection).
        case lingering
        case doomed
    }

    enum Timer: UInt8 { case linger, handshake }

    /// The loop that owns it.
    public unowned let loop: EventLoop
    /// The peer's address as the kernel tells it.
    public let peer: SocketAddress
    /// Who gets the bytes; a new one may take over, as when HTTP becomes WebSocket.
    public var handler: (any ConnectionHandler)?
    /// Whether its input may wait behind others': of a crowd that comes all at once each costs more than a message
    /// does, and those who are in conversation are not to feel it. So may the end of any connection.
    public var isNewcomer = false

    let descriptor: CInt
    private var token = LoopToken(slot: 0, generation: 0)
    var state = State.open { didSet { updateLane() } }
    private var interest: UInt32
    private var readsPaused = false
    /// Whether it stands in the loop's queue of those that may wait, unwatched meanwhile.
    private var isQueued = false
    private var peerFinished = false
    var backlog = ByteBuffer()
    /// Bytes that have left the backlog since the start: what waits now is out once as many more have.
    public internal(set) var drainedBytes = 0
    var timer = TimerID.none
    var tls: TLSSession? { didSet { updateLane() } }
    var handshakeStart: Int64 = 0

    /// How long an orderly end waits for the peer's half, in milliseconds.
    public static let lingerMilliseconds: Int64 = 2000

    /// Takes over a connected socket.
    ///
    /// - Parameters:
    ///   - tls: The TLS session to speak, or nil for plain bytes.
    ///   - handshakeMilliseconds: How long the TLS handshake may take in all.
    /// - Throws: ``SystemError`` where the kernel cannot watch one more.
    public init(
        _ socket: consuming FileDescriptor, peer: SocketAddress, on loop: EventLoop, tls: TLSSession? = nil,
        handshakeMilliseconds: Int64 = 10_000
    ) throws(SystemError) {
        self.loop = loop
        self.peer = peer
        self.tls = tls
        interest = UInt32(STOA_EPOLLIN) | UInt32(STOA_EPOLLRDHUP)
        descriptor = socket.rawValue
        token = try loop.watch(descriptor, interest: interest, source: self)
        _ = socket.release()
        updateLane()
        if let tls {
            handshakeStart = loop.turnStart
            timer = loop.startTimer(
                after: handshakeMilliseconds, kind: Timer.handshake.rawValue, target: self)
            if tls.role == .client { beginTLS(tls) }
        }
    }

    /// Bytes that the kernel has not taken yet.
    public var backlogBytes: Int { backlog.count }

    /// Its place in the loop's ``EventLoop/lanes``.
    public var lane: UInt32 { token.slot }

    /// Whether bytes may still be written.
    public var isOpen: Bool {
        if case .open = state { true } else { false }
    }

    // MARK: Reading

    func ready(_ events: UInt32) {
        if isQueued { return }
        let ends = UInt32(STOA_EPOLLRDHUP | STOA_EPOLLHUP | STOA_EPOLLERR)
        guard isNewcomer || events & ends != 0, !loop.servesPatientNow() else { return handle(events) }
        isQueued = true
        loop.queue(self, events)
        // Nothing more of it until its turn: a crowd that is ready would be told of again in each wait.
        loop.setInterest(UInt32(STOA_EPOLLET), of: descriptor, token: token)
    }

    /// Its turn in the loop's queue has come.
    func proceed(_ events: UInt32) {
        isQueued = false
        if case .doomed = state { return }
        handle(events)
        if case .doomed = state { return }
        loop.setInterest(interest, of: descriptor, token: token)
    }

    private func handle(_ events: UInt32) {
        if events & UInt32(STOA_EPOLLERR) != 0 {
            let code = Socket.pendingError(descriptor)
            if code != 0 { return doom(.failed(code)) }
        }
        if events & UInt32(STOA_EPOLLOUT) != 0 { writeBacklog() }
        guard events & UInt32(STOA_EPOLLIN | STOA_EPOLLRDHUP | STOA_EPOLLHUP) != 0 else { return }
        if case .doomed = state { return }
        // A paused connection still hears of the peer's end.
        if readsPaused, events & UInt32(STOA_EPOLLHUP | STOA_EPOLLERR) == 0 { return }
        read()
    }

    private func read() {
        switch Socket.receive(descriptor, into: loop.readBuffer) {
        case .bytes(let count):
            loop.counters.bytesReceived += count
            if case .lingering = state { return }
            if tls != nil {
                advanceTLS(ciphertext: count)
            } else {
                loop.readBuffer.withPrefix(count) { handler?.connectionReceived(&$0) }
            }
        case .endOfStream:
            endOfStream()
        case .wouldBlock:
            break
        case .failed(let code):
            doom(.failed(code))
        }
    }

    func endOfStream() {
        switch state {
        case .open, .finishing:
            guard !peerFinished else { return }
            peerFinished = true
            updateInterest()
            if let tls, !tls.isEstablished { return doom(.closedByPeer) }
            handler?.connectionPeerFinished()
        case .lingering:
            doom(.closedByPeer)
        case .doomed:
            break
        }
    }

    /// Stops reading; bytes of the read at hand may still come.
    public func pauseReading() {
        guard !readsPaused else { return }
        readsPaused = true
        updateInterest()
    }

    /// Reads again.
    public func resumeReading() {
        guard readsPaused else { return }
        readsPaused = false
        updateInterest()
    }

    /// Takes bytes as if they had just been read: those that came behind a header which another handler has read.
    public func take(first bytes: borrowing ByteBuffer) {
        guard !bytes.isEmpty, bytes.count <= loop.readBuffer.capacity else { return }
        bytes.withSpan { loop.readBuffer.copy($0) }
        if tls != nil {
            advanceTLS(ciphertext: bytes.count)
        } else {
            loop.readBuffer.withPrefix(bytes.count) { handler?.connectionReceived(&$0) }
        }
    }

    private func updateLane() {
        loop.lanes.set(lane, descriptor: descriptor, isDirect: isOpen && tls == nil && backlog.isEmpty)
    }

    func updateInterest() {
        updateLane()
        if case .doomed = state { return }
        var wanted: UInt32 = 0
        if !readsPaused, !peerFinished { wanted |= UInt32(STOA_EPOLLIN | STOA_EPOLLRDHUP) }
        if case .lingering = state { wanted |= UInt32(STOA_EPOLLIN | STOA_EPOLLRDHUP) }
        if !backlog.isEmpty { wanted |= UInt32(STOA_EPOLLOUT) }
        guard wanted != interest else { return }
        if (wanted ^ interest) & UInt32(STOA_EPOLLOUT) != 0 {
            loop.lagging[ObjectIdentifier(self)] = backlog.isEmpty ? nil : self
        }
        interest = wanted
        if isQueued { return }
        loop.setInterest(wanted, of: descriptor, token: token)
    }

    // MARK: Ending

    /// Ends in order: what is queued goes out, then our half closes, then the peer's, at most
    /// ``lingerMilliseconds`` later.
    public func finish() {
        guard case .open = state else { return }
        state = .finishing
        loop.cancelTimer(&timer)
        timer = loop.startTimer(
            after: Connection.lingerMilliseconds, kind: Timer.linger.rawValue, target: self)
        if backlog.isEmpty { closeOurHalf() }
    }

    func closeOurHalf() {
        if let tls {
            tls.closeNotify(loop)
            state = .open  // the alert itself still has to go
            sendRecords()
            if case .doomed = state { return }
        }
        state = .lingering
        // Closing says the same to a peer that has finished already.
        if peerFinished { return doom(.closedByPeer) }
        if backlog.isEmpty { Socket.shutdownWrites(descriptor) }
        readsPaused = false
        updateInterest()
    }

    /// Ends at once; what is queued is lost.
    public func close() { doom(.closedHere) }

    /// Ends at once with a reset, as a network that breaks does; for load tools and tests.
    public func reset() {
        Socket.resetOnClose(descriptor)
        doom(.closedHere)
    }

    /// The socket is closed and the handler told when the turn ends.
    func doom(_ reason: DisconnectReason) {
        if case .doomed = state { return }
        state = .doomed
        loop.cancelTimer(&timer)
        loop.doom(self, reason)
    }

    /// The loop's last call, at the end of a turn.
    func bury(_ reason: DisconnectReason) {
        loop.retire(descriptor, token: token)
        if interest & UInt32(STOA_EPOLLOUT) != 0 { loop.lagging[ObjectIdentifier(self)] = nil }
        if let tls, tls.role == .server, !tls.isEstablished { loop.counters.failedHandshakes += 1 }
        backlog.release()
        let handler = handler
        self.handler = nil
        handler?.connectionClosed(reason)
        tls = nil
    }

    /// A linger or handshake time-out of its own.
    public func timerFired(kind: UInt8) {
        timer = .none
        doom(kind == Timer.linger.rawValue ? .closedHere : .handshakeTimeout)
    }
}

extension Connection {
    /// Begins to connect to a peer; what is written meanwhile waits in the backlog.
    ///
    /// A refused connection ends with ``DisconnectReason/failed(_:)`` like any other.
    ///
    /// - Parameter source: The address to come from; its port 0.
    /// - Throws: ``SystemError`` where the kernel refuses at once.
    public convenience init(
        connectingTo address: SocketAddress, from source: SocketAddress? = nil, on loop: EventLoop,
        tls: TLSSession? = nil
    ) throws(SystemError) {
        try self.init(try Socket.connect(address, from: source), peer: address, on: loop, tls: tls)
    }
}
