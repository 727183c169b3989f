import Bytes
import WebSocket

private enum Outcome: Equatable {
    case message(MessageKind, [UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16?, String)
    case error(WebSocketError)
}

/// Events do not depend on how the bytes were cut; nothing passes its bound. The first byte chooses role and
/// compression.
public func fuzzMessageDecoder(_ bytes: [UInt8]) {
    guard let options = bytes.first else { return }
    let input = Array(bytes.dropFirst())
    let role: WebSocketRole = options & 1 == 0 ? .server : .client
    let agreement = DeflateAgreement(
        serverNoContextTakeover: options & 4 != 0, clientNoContextTakeover: options & 8 != 0,
        serverWindowBits: 9 + options >> 5, clientWindowBits: 9 + options >> 5)
    let deflate = options & 2 == 0 ? nil : agreement
    let (whole, cut) = (outcomes([input], role, deflate), outcomes(pieces(of: input), role, deflate))
    // Who reaches behind an agreed window is refused only where a cut shows it (see fuzzInflater).
    let isInvalid = whole.last == .error(.invalidDeflate) || cut.last == .error(.invalidDeflate)
    let reachesTooFar = isInvalid && agreement.clientWindowBits < 15
    require(whole == cut || reachesTooFar, "cuts do not matter: \(whole) and \(cut)")
}

private let limits = WebSocketLimits(messageBytes: 4096, framesPerMessage: 16, inflateRatio: 50)

private func outcomes(_ pieces: [[UInt8]], _ role: WebSocketRole, _ deflate: DeflateAgreement?) -> [Outcome] {
    var decoder = MessageDecoder(role: role, limits: limits, deflate: deflate)
    var outcomes: [Outcome] = []
    for piece in pieces {
        var piece = piece
        var position = 0
        while true {
            var event: WebSocketEvent?
            do throws(WebSocketError) {
                var bytes = piece.mutableSpan
                event = try decoder.next(in: &bytes, at: &position)
            } catch {
                return outcomes + [.error(error)]
            }
            guard let event else { break }
            outcomes.append(outcome(event, piece, decoder))
        }
        require(position == piece.count, "all is consumed")
    }
    return outcomes
}

private func outcome(_ event: WebSocketEvent, _ piece: [UInt8], _ decoder: borrowing MessageDecoder)
    -> Outcome
{
    switch event {
    case .ping(let payload): return .ping([UInt8](payload.span))
    case .pong(let payload): return .pong([UInt8](payload.span))
    case .close(let code, let reason): return .close(code, reason)
    case .message(let kind, let location):
        var payload: [UInt8]
        switch location {
        case .input(let range): payload = Array(piece[range])
        case .assembled: payload = [UInt8](decoder.assembled)
        }
        require(payload.count <= limits.messageBytes, "messages are bounded")
        require(kind == .binary || String(utf8: payload.span) != nil, "text is UTF-8")
        return .message(kind, payload)
    }
}
