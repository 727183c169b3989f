/// Why a peer's bytes are refused; a server answers with ``status`` and closes.
public enum HTTPError: Error, Equatable, Sendable {
    /// A first line that is not three parts with one space between (RFC 9112 §3). 400.
    case invalidStartLine
    /// A line that ends with LF alone, or has a CR within (RFC 9112 §2.2). 400.
    case invalidLineEnd
    /// A target with bad bytes, bad percent-encoding, dot segments, or of a form that its method has not. 400.
    case invalidTarget
    /// A header line without a colon, with a bad name, or with space before the colon (RFC 9112 §5.1). 400.
    case invalidHeaderName
    /// A control character in a header's value (RFC 9110 §5.5). 400.
    case invalidHeaderValue
    /// A header line that begins with white space (RFC 9112 §5.2). 400.
    case obsoleteFolding
    /// A request of 1.1 without `Host` (RFC 9112 §3.2). 400.
    case missingHost
    /// `Host` twice, or something in it that no host has (RFC 9112 §3.2). 400.
    case invalidHost
    /// `Content-Length` twice, or not a number (RFC 9112 §6.3). 400.
    case invalidLength
    /// `Content-Length` beside `Transfer-Encoding`, or either where it cannot be (RFC 9112 §6.1). 400.
    case ambiguousLength
    /// A transfer coding other than chunked (RFC 9112 §6.1). 501.
    case unsupportedTransferCoding
    /// A chunk with a bad size, bad extensions or a bad end (RFC 9112 §7.1). 400.
    case invalidChunk
    /// A body longer than allowed. 413.
    case bodyTooLarge
    /// A first line longer than allowed. 414.
    case startLineTooLong
    /// More headers, or longer ones, than allowed. 431.
    case headersTooLarge
    /// A method that has no meaning here: CONNECT. 501.
    case unsupportedMethod
    /// `Expect` with something other than `100-continue` (RFC 9110 §10.1.1). 417.
    case unsupportedExpectation
    /// Neither HTTP/1.0 nor HTTP/1.1. 505.
    case unsupportedVersion

    /// What a server answers.
    public var status: HTTPStatus {
        switch self {
        case .bodyTooLarge: return .contentTooLarge
        case .startLineTooLong: return .uriTooLong
        case .headersTooLarge: return .requestHeaderFieldsTooLarge
        case .unsupportedTransferCoding, .unsupportedMethod: return .notImplemented
        case .unsupportedExpectation: return .expectationFailed
        case .unsupportedVersion: return .versionNotSupported
        default: return .badRequest
        }
    }
}
