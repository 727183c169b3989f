public import Bytes
import CLinux
import Glibc

/// A socket of an event loop, with or without TLS: bytes in, bytes out, a bounded backlog for slow peers' bytes.
///
/// Owned by its loop for life and touched by its thread alone.
public final class Connection: EventSource, TimerTarget {
    private enum State {
        case open
        /// Everything that is queued goes out, then our half is closed.
        case finishing
        /// Our half is closed; input is thrown away until the peer closes too, so that it gets our last bytes
        /// (closing with unread input would make the kernel reset the connection).
        case lingering
        case doomed
    }

    private enum Timer: UInt8 { case linger, handshake }

    /// The loop that owns it.
    public unowned let loop: EventLoop
    /// The peer's address as the kernel tells it.
    public let peer: SocketAddress
    /// Who gets the bytes; a new one may take over, as when HTTP becomes WebSocket.
    public var handler: (any ConnectionHandler)?
    /// Whether its input may wait behind others': of a crowd that comes all at once each costs more than a message
    /// does, and those who are in conversation are not to feel it. So may the end of any connection.
    public var isNewcomer = false

    private let descriptor: CInt
    private var token = LoopToken(slot: 0, generation: 0)
    private var state = State.open { didSet { updateLane() } }
    private var interest: UInt32
    private var readsPaused = false
    /// Whether it stands in the loop's queue of those that may wait, unwatched meanwhile.
    private var isQueued = false
    private var peerFinished = false
    private var backlog = ByteBuffer()
    private var timer = TimerID.none
    private var tls: TLSSession? { didSet { updateLane() } }
    private var handshakeStart: Int64 = 0

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

    private func endOfStream() {
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

    /// Speaks TLS from now on, as a server whose first bytes came before it.
    public func startTLS(_ session: TLSSession, handshakeMilliseconds: Int64) {
        tls = session
        handshakeStart = loop.turnStart
        timer = loop.startTimer(after: handshakeMilliseconds, kind: Timer.handshake.rawValue, target: self)
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

    private func beginTLS(_ tls: TLSSession) {
        let outcome = tls.begin(loop)
        sendRecords()
        if case .failed = outcome { doom(.tls) }
    }

    private func advanceTLS(ciphertext count: Int) {
        guard let tls else { return }
        let wasEstablished = tls.isEstablished
        var outcome = tls.receive(loop, ciphertextCount: count)
        while case .bytes(let plain) = outcome {
            if !wasEstablished { loop.cancelTimer(&timer) }
            loop.plainBuffer.withPrefix(plain) { handler?.connectionReceived(&$0) }
            if case .doomed = state {
                // What is left there would go out on the next connection.
                return loop.recordBuffer.removeAll()
            }
            outcome = tls.receive(loop, ciphertextCount: 0)
        }
        sendRecords()
        if !wasEstablished, tls.isEstablished {
            loop.cancelTimer(&timer)
            loop.counters.handshakeDone(tls, after: loop.turnStart - handshakeStart)
            handler?.connectionSecured()
        }
        switch outcome {
        case .bytes, .needsMore: break
        case .closed: endOfStream()
        case .failed: doom(.tls)
        }
    }

    // MARK: Writing

    /// Sends bytes, or keeps what the kernel does not take now.
    public func write(_ bytes: Span<UInt8>) {
        guard acceptsWrites, bytes.count > 0 else { return }
        if let tls {
            tls.send(bytes, loop)
            return sendRecords()
        }
        send(bytes)
    }

    /// Sends what a turn's buffer holds from a byte on, or keeps what the kernel does not take now.
    public func write(_ buffer: TurnBuffer, from start: Int) {
        buffer.bytes.withSpan { write($0.extracting(start...)) }
    }

    /// Sends several pieces with one system call, or keeps what the kernel does not take now.
    public func write(_ slices: [Slice]) {
        guard acceptsWrites else { return }
        if slices.count == 1 {
            return slices[0].withSpan { write($0) }
        }
        if tls != nil {
            // Pieces of one turn become one record where they fit in it.
            return writeGathered(slices)
        }
        guard backlog.isEmpty else {
            for slice in slices { append(slice, from: 0) }
            return
        }
        var vector: [iovec] = unsafe []
        unsafe vector.reserveCapacity(min(slices.count, 64))
        for slice in slices.prefix(64) {
            slice.withSpan { span in
                // The buffers are not changed before sendmsg returns.
                unsafe span.withUnsafeBufferPointer { bytes in
                    let start = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
                    unsafe vector.append(iovec(iov_base: start, iov_len: bytes.count))
                }
            }
        }
        switch unsafe Socket.send(descriptor, gathering: vector) {
        case .bytes(var sent):
            loop.counters.bytesSent += sent
            for slice in slices {
                let skipped = min(sent, slice.count)
                sent -= skipped
                append(slice, from: skipped)
            }
            updateInterest()
        case .failed(let code):
            doom(.failed(code))
        }
    }

    private func append(_ slice: Slice, from skipped: Int) {
        guard skipped < slice.count else { return }
        slice.withSpan(after: skipped) { backlog.append($0) }
    }

    private func writeGathered(_ slices: [Slice]) {
        var gathered = ByteBuffer(capacity: slices.reduce(0) { $0 + $1.count })
        for slice in slices { slice.withSpan { gathered.append($0) } }
        write(gathered.span)
    }

    private var acceptsWrites: Bool {
        if case .open = state { true } else { false }
    }

    private func sendRecords() {
        guard !loop.recordBuffer.isEmpty else { return }
        loop.recordBuffer.withSpan { send($0) }
        loop.recordBuffer.removeAll()
    }

    private func send(_ bytes: Span<UInt8>) {
        guard backlog.isEmpty else { return backlog.append(bytes) }
        switch Socket.send(descriptor, bytes) {
        case .bytes(let sent):
            loop.counters.bytesSent += sent
            guard sent < bytes.count else { return }
            backlog.append(bytes.extracting(sent..<bytes.count))
            updateInterest()
        case .failed(let code):
            doom(.failed(code))
        }
    }

    private func writeBacklog() {
        if case .doomed = state { return }
        guard !backlog.isEmpty else { return updateInterest() }
        switch backlog.withSpan({ Socket.send(descriptor, $0) }) {
        case .bytes(let sent):
            loop.counters.bytesSent += sent
            backlog.consume(sent)
            guard backlog.isEmpty else { return }
            backlog.release()
            updateInterest()
            if case .finishing = state { return closeOurHalf() }
            handler?.connectionDrained()
        case .failed(let code):
            doom(.failed(code))
        }
    }

    private func updateLane() {
        loop.lanes.set(lane, descriptor: descriptor, isDirect: acceptsWrites && tls == nil && backlog.isEmpty)
    }

    private func updateInterest() {
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

    private func closeOurHalf() {
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
    private func doom(_ reason: DisconnectReason) {
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
        tls = nil
        let handler = handler
        self.handler = nil
        handler?.connectionClosed(reason)
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
