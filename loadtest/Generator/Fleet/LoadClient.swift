import Bytes
import HTTP
import Reactor
import WebSocket

/// One connection of the load.
final class LoadClient: ConnectionHandler {
    enum Phase { case idle, connecting, greeting, ready, gone }

    unowned let fleet: Fleet
    private(set) var seat: Seat
    /// Its place in the ledger, or nil for one that only publishes.
    let subscriber: Int?
    private(set) var phase = Phase.idle
    /// Sends of this connection so far.
    var sent: UInt32 = 0
    /// Where it is in its channel, where the scene asks for it.
    private(set) var position: ResumePosition?
    /// The code that the server closed with.
    private(set) var closeCode: UInt16?
    private var connection: Connection?
    private var decoder: MessageDecoder
    private var parser = ResponseParser()

    init(_ fleet: Fleet, _ seat: Seat, subscriber: Int?) {
        self.fleet = fleet
        self.seat = seat
        self.subscriber = subscriber
        decoder = LoadClient.makeDecoder(nil)
    }

    private static func makeDecoder(_ deflate: DeflateAgreement?) -> MessageDecoder {
        let limits = WebSocketLimits(messageBytes: 64 << 20, framesPerMessage: 0, inflateRatio: 0)
        return MessageDecoder(role: .client, limits: limits, deflate: deflate)
    }

    // MARK: Coming

    /// Comes to another server the next time.
    func move(to instance: Int) { seat.instance = instance }

    /// Connects, with a request that was made before.
    func open(_ request: [UInt8]) {
        phase = .connecting
        closeCode = nil
        parser = ResponseParser()
        do {
            let tls = try fleet.target.tls.map {
                try TLSSession($0, on: fleet.loop, hostName: "localhost")
            }
            let connection = try Connection(
                connectingTo: fleet.target.addresses[seat.instance], from: fleet.sources.next(),
                on: fleet.loop, tls: tls)
            self.connection = connection
            connection.handler = self
            // Those who are measured already are not to wait behind a crowd in the load itself.
            connection.isNewcomer = true
            pendingRequest = request
            if tls == nil { connectionSecured() }
        } catch {
            phase = .gone
            fleet.failed(self, "\(error)")
        }
    }

    private var pendingRequest: [UInt8] = []

    func connectionSecured() {
        connection?.write(pendingRequest.span)
        pendingRequest = []
    }

    private func shake(_ bytes: Span<UInt8>, _ position: inout Int) {
        do throws(HTTPError) {
            guard let event = try parser.next(in: bytes, at: &position) else { return }
            guard case .head(let head) = event else { return }
            switch fleet.handshake.validate(head) {
            case .success(let outcome): opened(outcome)
            case .failure(let failure):
                fail("the server answered \(head.status.rawValue) (\(failure))")
            }
        } catch {
            fail("the server's answer is not HTTP: \(error)")
        }
    }

    /// Gives the connection up, and tells it once: its end is no further news.
    private func fail(_ words: String) {
        phase = .gone
        connection?.close()
        fleet.failed(self, words)
    }

    private func opened(_ outcome: ClientHandshake.Outcome) {
        decoder = LoadClient.makeDecoder(outcome.deflate)
        phase = .greeting
        let greeting = fleet.driver.greeting(seat, since: position)
        if !greeting.isEmpty { send(greeting.utf8Span.span) }
        if fleet.driver.isReadyWhenOpen(seat) { becomeReady() }
    }

    private func becomeReady() {
        guard phase == .greeting else { return }
        phase = .ready
        connection?.isNewcomer = false
        fleet.scene?.ready(self)
    }

    // MARK: Messages

    func connectionReceived(_ bytes: inout MutableSpan<UInt8>) {
        var position = 0
        let now = MonotonicClock.nanoseconds()
        if phase == .connecting { shake(bytes.span, &position) }
        guard phase == .greeting || phase == .ready else { return }
        while true {
            do throws(WebSocketError) {
                guard let event = try decoder.next(in: &bytes, at: &position) else { return }
                switch event {
                case .message(_, .input(let range)): read(bytes.span.extracting(range), now)
                case .message(_, .assembled): readAssembled(decoder, now)
                case .ping(let payload): pong(payload.span)
                case .pong: break
                case .close(let code, _):
                    closeCode = code
                    connection?.finish()
                    return
                }
            } catch {
                return fail("the server's frames are wrong: \(error)")
            }
        }
    }

    private func readAssembled(_ decoder: borrowing MessageDecoder, _ now: Int64) {
        read(decoder.assembled, now)
    }

    private func read(_ text: Span<UInt8>, _ now: Int64) {
        var part = 0
        repeat {
            switch fleet.driver.read(text, at: &part) {
            case .delivery(let range):
                let stamp = Payload.read(text.extracting(range), count: fleet.scenario.payloadBytes)
                fleet.delivered(stamp, to: self, at: now)
                if fleet.followsPositions { follow(text) }
            case .ready:
                if fleet.followsPositions { follow(text) }
                becomeReady()
            case .acknowledged(let number): fleet.acknowledged(number, by: self, at: now)
            case .refused: fleet.refused(self, text)
            case .presence: fleet.scene?.presence(self, text)
            case .values: fleet.scene?.values(self, text, at: now)
            case .aside: break
            }
        } while part < text.count
    }

    private func follow(_ text: Span<UInt8>) {
        let (epoch, offset) = fleet.driver.position(text)
        guard let epoch = epoch ?? position?.epoch else { return }
        // The answer to a resume tells where the channel is, what was missed comes after it.
        if phase == .greeting, position != nil { return }
        position = ResumePosition(epoch: epoch, offset: offset ?? position?.offset ?? 0)
    }

    // MARK: Sending

    func send(_ text: Span<UInt8>) {
        var frame = ByteBuffer(capacity: text.count + 14)
        appendFrame(text, to: &frame)
        connection?.write(frame.span)
    }

    /// Appends a message of this connection; several go out in one write.
    func appendFrame(_ text: Span<UInt8>, to frames: inout ByteBuffer) {
        FrameEncoder.appendMasked(.text, payload: text, key: fleet.maskingKey(), to: &frames)
    }

    func write(_ frames: borrowing ByteBuffer) { frames.withSpan { connection?.write($0) } }

    private func pong(_ payload: Span<UInt8>) {
        var frame = ByteBuffer(capacity: 140)
        FrameEncoder.appendMasked(.pong, payload: payload, key: fleet.maskingKey(), to: &frame)
        connection?.write(frame.span)
    }

    // MARK: Going

    /// Stops reading, as a client that hangs.
    func stall() { connection?.pauseReading() }

    /// Reads again.
    func resume() { connection?.resumeReading() }

    /// Goes at once; by a reset, or by an end of the stream.
    func drop(byReset isReset: Bool) {
        phase = .idle
        if isReset { connection?.reset() } else { connection?.close() }
    }

    func connectionPeerFinished() { connection?.finish() }
    func connectionDrained() {}

    func connectionClosed(_ reason: DisconnectReason) {
        connection = nil
        let was = phase
        if phase != .idle { phase = .gone }
        if was == .ready || was == .greeting {
            fleet.scene?.ended(self)
        } else if was == .connecting {
            fleet.failed(self, "the connection ended before it was open: \(reason)")
        }
    }
}
