/// Why a peer's bytes are refused; the connection must be closed with ``closeCode``.
public enum WebSocketError: Error, Equatable, Sendable {
    /// RSV1–3 set without an extension that gives them a meaning (RFC 6455 §5.2). Close with 1002.
    case reservedBits
    /// Opcodes 3–7 or 11–15 (RFC 6455 §5.2). Close with 1002.
    case reservedOpcode
    /// A client's frame without a mask (RFC 6455 §5.1). Close with 1002.
    case unmasked
    /// A server's frame with a mask (RFC 6455 §5.1). Close with 1002.
    case masked
    /// A control frame in fragments (RFC 6455 §5.5). Close with 1002.
    case fragmentedControl
    /// A control frame of more than 125 bytes (RFC 6455 §5.5). Close with 1002.
    case longControl
    /// A length in more bytes than it needs, or with its highest bit set (RFC 6455 §5.2). Close with 1002.
    case invalidLength
    /// A continuation of nothing (RFC 6455 §5.4). Close with 1002.
    case unexpectedContinuation
    /// A new message within an unfinished one (RFC 6455 §5.4). Close with 1002.
    case expectedContinuation
    /// A close frame of one byte, or with a code that none may carry (RFC 6455 §5.5.1, §7.4). Close with 1002.
    case invalidClose
    /// Text, or the reason in a close frame, that is not UTF-8 (RFC 6455 §8.1). Close with 1007.
    case invalidUTF8
    /// A compressed message that does not inflate (RFC 7692 §7.2.2). Close with 1007.
    case invalidDeflate
    /// A message longer than allowed, before or after inflation. Close with 1009.
    case messageTooBig
    /// A message in more fragments than allowed. Close with 1009.
    case tooManyFrames
    /// A compressed message that grows out of all proportion. Close with 1009.
    case inflateRatio
    /// No memory to inflate with. Close with 1011.
    case outOfMemory

    /// The code to close with.
    public var closeCode: CloseCode {
        switch self {
        case .invalidUTF8, .invalidDeflate: return .invalidPayload
        case .messageTooBig, .tooManyFrames, .inflateRatio: return .messageTooBig
        case .outOfMemory: return .internalError
        default: return .protocolError
        }
    }
}
