import Bytes
import HTTP
import Reactor
import WebSocket

/// A client's WebSocket connection on its loop: handshake, then messages.
final class WebSocketClientConnection: ConnectionHandler {
    private enum State { case idle, shaking, open, closing, ended }

    /// How long connecting and the handshakes may take in all, in milliseconds.
    private static let openMilliseconds: Int64 = 10_000

    private let loop: EventLoop
    private let plan: WebSocketPlan
    private let receive: @Sendable (WebSocketClientEvent) -> Void
    private let handshake: ClientHandshake
    private var state = State.idle
    private var connection: Connection?
    private var addresses: [SocketAddress] = []
    private var parser = ResponseParser()
    private var head: HTTPResponseHead?
    private var decoder: MessageDecoder
    private var close: (code: UInt16?, reason: String) = (nil, "")
    private var deadline: ClientDeadline?
    /// Ends the mailbox' place on the loop.
    var detach: () -> Void = {}

    init(
        _ loop: EventLoop, _ plan: WebSocketPlan,
        _ receive: @escaping @Sendable (WebSocketClientEvent) -> Void
    ) {
        self.loop = loop
        self.plan = plan
        self.receive = receive
        handshake = ClientHandshake(subprotocols: plan.subprotocols, offersDeflate: false)
        let limits = WebSocketLimits(messageBytes: plan.messageBytes, framesPerMessage: 0)
        decoder = MessageDecoder(role: .client, limits: limits, deflate: nil)
    }

    func read(_ mail: WebSocketClientMail) {
        switch mail {
        case .open(let addresses):
            guard state == .idle else { return }
            self.addresses = addresses
            state = .shaking
            deadline = ClientDeadline(loop, after: WebSocketClientConnection.openMilliseconds) {
                [unowned self] in
                self.addresses = []
                close.reason = "the server did not answer in time"
                end()
            }
            connectNext()
        case .send(let opcode, let payload):
            if state == .open { send(opcode, payload.span) }
        case .close(let code, let reason):
            closeHere(code, reason)
        case .abort:
            addresses = []
            end()
        }
    }

    private func connectNext() {
        guard !addresses.isEmpty else { return finish() }
        let address = addresses.removeFirst()
        do {
            let tls = try plan.tls.map { try TLSSession($0, on: loop, hostName: plan.url.host) }
            let connection = try Connection(
                connectingTo: address, on: loop, tls: plan.url.isSecure ? tls : nil)
            self.connection = connection
            connection.handler = self
            if !plan.url.isSecure { sendRequest() }
        } catch {
            close.reason = "\(error)"
            connectNext()
        }
    }

    private func sendRequest() {
        var headers = handshake.headers
        for (name, value) in plan.headers { headers.set(name, value) }
        var bytes = ByteBuffer(capacity: 512)
        do throws(HTTPError) {
            try RequestEncoder.append(
                .get, plan.url.path, host: plan.url.authority, headers: headers, into: &bytes)
            connection?.write(bytes.span)
        } catch {
            close.reason = "the address is not one of HTTP: \(error)"
            end()
        }
    }

    func connectionSecured() { sendRequest() }

    func connectionReceived(_ bytes: inout MutableSpan<UInt8>) {
        var position = 0
        if state == .shaking { shake(bytes.span, &position) }
        guard state == .open || state == .closing else { return }
        receive(.heard)
        while state != .ended {
            do throws(WebSocketError) {
                guard let event = try decoder.next(in: &bytes, at: &position) else { return }
                switch event {
                case .message(let kind, .input(let range)):
                    deliver(kind, [UInt8](bytes.span.extracting(range)))
                case .message(let kind, .assembled): deliverAssembled(kind, decoder)
                case .ping(let payload): send(.pong, payload.span)
                case .pong: break
                case .close(let code, let reason):
                    close = (code, reason)
                    closeHere(code ?? 1000, "")
                    return
                }
            } catch {
                close = (error.closeCode.rawValue, "\(error)")
                return closeHere(error.closeCode.rawValue, "\(error)")
            }
        }
    }

    private func deliverAssembled(_ kind: MessageKind, _ decoder: borrowing MessageDecoder) {
        deliver(kind, [UInt8](decoder.assembled))
    }

    private func deliver(_ kind: MessageKind, _ payload: [UInt8]) {
        receive(kind == .text ? .text(payload) : .binary(payload))
    }

    private func shake(_ bytes: Span<UInt8>, _ position: inout Int) {
        do throws(HTTPError) {
            while head == nil, let event = try parser.next(in: bytes, at: &position) {
                if case .head(let head) = event { self.head = head }
            }
        } catch {
            close.reason = "the server's answer is not HTTP: \(error)"
            return end()
        }
        guard let head else { return }
        switch handshake.validate(head) {
        case .success(let outcome):
            state = .open
            deadline?.cancel()
            receive(.opened(subprotocol: outcome.subprotocol))
        case .failure:
            close.reason = "the server answered \(head.status.rawValue)"
            addresses = []
            end()
        }
    }

    private func send(_ opcode: Opcode, _ payload: Span<UInt8>) {
        var frame = ByteBuffer(capacity: payload.count + 14)
        FrameEncoder.appendMasked(
            opcode, payload: payload, key: UInt32.random(in: 0...UInt32.max), to: &frame)
        connection?.write(frame.span)
    }

    private func closeHere(_ code: UInt16, _ reason: String) {
        guard state == .open else { return end() }
        state = .closing
        var frame = ByteBuffer(capacity: 140)
        let key = UInt32.random(in: 0...UInt32.max)
        FrameEncoder.appendMaskedClose(CloseCode(rawValue: code), reason: reason, key: key, to: &frame)
        connection?.write(frame.span)
        connection?.finish()
    }

    private func end() {
        if let connection { connection.close() } else { finish() }
    }

    func connectionPeerFinished() { connection?.finish() }

    func connectionDrained() {}

    func connectionClosed(_ reason: DisconnectReason) {
        connection = nil
        // Not this address; perhaps the next one.
        if state == .shaking, head == nil, !addresses.isEmpty { return connectNext() }
        if close.reason.isEmpty, close.code == nil, case .failed(let code) = reason {
            close.reason = SystemError.words(code)
        }
        if case .tls = reason, close.reason.isEmpty {
            close.reason = "the server's certificate or TLS is not accepted"
        }
        finish()
    }

    private func finish() {
        guard state != .ended else { return }
        state = .ended
        deadline?.cancel()
        receive(.closed(code: close.code, reason: close.reason))
        detach()
    }
}

/// One moment after which something is given up.
final class ClientDeadline: TimerTarget {
    private unowned let loop: EventLoop
    private var timer = TimerID.none
    private let body: () -> Void

    init(_ loop: EventLoop, after milliseconds: Int64, _ body: @escaping () -> Void) {
        self.loop = loop
        self.body = body
        timer = loop.startTimer(after: milliseconds, kind: 0, target: self)
    }

    func cancel() { loop.cancelTimer(&timer) }

    func timerFired(kind: UInt8) {
        timer = .none
        body()
    }
}
