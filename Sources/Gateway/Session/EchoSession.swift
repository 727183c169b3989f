import Bytes
import Reactor
import WebSocket

/// Returns every message as it came, for conformance suites (`--echo`).
final class EchoSession: ConnectionHandler {
    private static let limits = WebSocketLimits(
        messageBytes: 16 << 20, framesPerMessage: 65_600, inflateRatio: 0)

    private let connection: Connection
    private let gateway: GatewayLoop
    private let departure: Departure
    private var decoder: MessageDecoder
    private let deflater: Deflater?
    private var output = ByteBuffer()
    private var isClosing = false

    init(_ connection: Connection, _ gateway: GatewayLoop, _ departure: Departure, deflate: DeflateAgreement?)
    {
        self.connection = connection
        self.gateway = gateway
        self.departure = departure
        decoder = MessageDecoder(role: .server, limits: EchoSession.limits, deflate: deflate)
        deflater = deflate.flatMap { Deflater(windowBits: $0.serverWindowBits) }
        gateway.keep(self)
        connection.isNewcomer = false
    }

    func connectionReceived(_ bytes: inout MutableSpan<UInt8>) {
        var position = 0
        while !isClosing {
            do throws(WebSocketError) {
                guard let event = try decoder.next(in: &bytes, at: &position) else { break }
                switch event {
                case .message(let kind, .input(let range)): echo(kind, bytes.span.extracting(range))
                case .message(let kind, .assembled): echoAssembled(kind, decoder)
                case .ping(let payload): FrameEncoder.append(.pong, payload: payload.span, to: &output)
                case .pong: break
                case .close(let code, let reason): close(code, reason)
                }
            } catch {
                FrameEncoder.appendClose(error.closeCode, reason: error.sentence, to: &output)
                isClosing = true
            }
        }
        flush()
    }

    private func echoAssembled(_ kind: MessageKind, _ decoder: borrowing MessageDecoder) {
        echo(kind, decoder.assembled)
    }

    private func echo(_ kind: MessageKind, _ payload: Span<UInt8>) {
        guard let deflater else { return FrameEncoder.append(kind, payload: payload, to: &output) }
        var compressed = ByteBuffer()
        deflater.append(payload, to: &compressed)
        FrameEncoder.append(kind.opcode, payload: compressed.span, compressed: true, to: &output)
    }

    private func close(_ code: UInt16?, _ reason: String) {
        if let code {
            FrameEncoder.appendClose(CloseCode(rawValue: code), reason: reason, to: &output)
        } else {
            FrameEncoder.append(.close, payload: Span(), to: &output)
        }
        isClosing = true
    }

    private func flush() {
        if !output.isEmpty {
            output.withSpan { connection.write($0) }
            output.removeAll()
        }
        if isClosing { connection.finish() }
        // A client that sends and does not read is not read from either.
        if connection.backlogBytes > EchoSession.limits.messageBytes { connection.pauseReading() }
    }

    /// Closes because the server goes away.
    func close() {
        guard !isClosing else { return }
        FrameEncoder.appendClose(.goingAway, to: &output)
        isClosing = true
        flush()
    }

    func connectionPeerFinished() {
        isClosing = true
        connection.finish()
    }

    func connectionDrained() { connection.resumeReading() }

    func connectionClosed(_ reason: DisconnectReason) {
        departure.leave(gateway.context.census)
        gateway.drop(self)
    }
}
