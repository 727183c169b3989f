import Bytes
import WebSocket

/// An event with its payload, to compare.
enum Received: Equatable, Sendable {
    case text(String)
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16?, String)
    case error(WebSocketError)
}

/// Feeds pieces to a decoder and notes what comes out.
func decode(
    _ pieces: [[UInt8]], role: WebSocketRole = .server, limits: WebSocketLimits = WebSocketLimits(),
    deflate: DeflateAgreement? = nil
) -> [Received] {
    var decoder = MessageDecoder(role: role, limits: limits, deflate: deflate)
    var all: [Received] = []
    for piece in pieces { feed(piece, to: &decoder, &all) }
    return all
}

func feed(_ piece: [UInt8], to decoder: inout MessageDecoder, _ all: inout [Received]) {
    var piece = piece
    var position = 0
    while true {
        var event: WebSocketEvent?
        do {
            var bytes = piece.mutableSpan
            event = try decoder.next(in: &bytes, at: &position)
        } catch {
            all.append(.error(error))
            return
        }
        guard let event else { break }
        switch event {
        case .ping(let payload): all.append(.ping([UInt8](payload.span)))
        case .pong(let payload): all.append(.pong([UInt8](payload.span)))
        case .close(let code, let reason): all.append(.close(code, reason))
        case .message(let kind, .input(let range)): all.append(received(kind, piece.span.extracting(range)))
        case .message(let kind, .assembled): all.append(received(kind, decoder.assembled))
        }
    }
    precondition(position == piece.count)
}

private func received(_ kind: MessageKind, _ bytes: Span<UInt8>) -> Received {
    kind == .text ? .text(String(utf8: bytes) ?? "not UTF-8") : .binary([UInt8](bytes))
}

/// The pieces of every cut into two, and the cut into single bytes.
func cuts(_ bytes: [UInt8]) -> [[[UInt8]]] {
    (0...bytes.count).map { [Array(bytes[..<$0]), Array(bytes[$0...])] } + [bytes.map { [$0] }]
}

/// A client's frame.
func frame(
    _ opcode: Opcode, _ payload: [UInt8], final isFinal: Bool = true, compressed: Bool = false,
    key: UInt32 = 0x3D21_FA37
) -> [UInt8] {
    var buffer = ByteBuffer()
    FrameEncoder.appendMasked(
        opcode, payload: payload.span, key: key, final: isFinal, compressed: compressed, to: &buffer)
    return buffer.array()
}

func frame(_ opcode: Opcode, _ text: String, final isFinal: Bool = true) -> [UInt8] {
    frame(opcode, Array(text.utf8), final: isFinal)
}

/// A server's frame.
func unmasked(_ opcode: Opcode, _ payload: [UInt8], final isFinal: Bool = true, compressed: Bool = false)
    -> [UInt8]
{
    var buffer = ByteBuffer()
    FrameEncoder.appendHeader(
        opcode: opcode, length: payload.count, final: isFinal, compressed: compressed, to: &buffer)
    buffer.append(payload)
    return buffer.array()
}

func deflated(_ payload: [UInt8], with deflater: Deflater? = Deflater()) -> [UInt8] {
    var buffer = ByteBuffer()
    deflater?.append(payload.span, to: &buffer)
    return buffer.array()
}
