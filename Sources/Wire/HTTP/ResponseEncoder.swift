public import Bytes

/// Writes responses (RFC 9112).
public enum ResponseEncoder {
    /// Appends a whole response.
    ///
    /// - Parameters:
    ///   - method: The request's; a HEAD gets no body, but its length.
    ///   - version: The request's.
    ///   - isKeepAlive: Whether the connection stays.
    ///   - date: The value of `Date`, or nil for none; see ``HTTPDate``.
    public static func append(
        _ response: HTTPResponse, to method: HTTPMethod, version: HTTPVersion = .http11, isKeepAlive: Bool,
        date: String? = nil, into buffer: inout ByteBuffer
    ) {
        buffer.reserve(response.body.count + 256)
        appendHead(
            response.status, response.headers, body: .length(response.body.count), version: version,
            isKeepAlive: isKeepAlive, date: date, into: &buffer)
        if method != .head, !response.status.hasNoBody { buffer.append(response.body) }
    }

    /// Appends the head of a response; the caller appends its body.
    ///
    /// - Parameters:
    ///   - headers: Fields beside length, connection and date.
    ///   - body: How the body will end; heeded only where the status has a body.
    public static func appendHead(
        _ status: HTTPStatus, _ headers: HTTPHeaders, body: BodyKind, version: HTTPVersion = .http11,
        isKeepAlive: Bool = true, date: String? = nil, into buffer: inout ByteBuffer
    ) {
        buffer.append("HTTP/1.1 ")
        buffer.append(decimal: UInt64(status.rawValue))
        buffer.append(" ")
        buffer.append(status.reason)
        buffer.append("\r\n")
        HeaderEncoder.append(headers, to: &buffer)
        if let date {
            buffer.append("date: ")
            buffer.append(text: date)
            buffer.append("\r\n")
        }
        if !status.hasNoBody { HeaderEncoder.append(body, to: &buffer) }
        // A switch of protocols says what it does with the connection by itself.
        if status != .switchingProtocols {
            if !isKeepAlive {
                buffer.append("connection: close\r\n")
            } else if version == .http10 {
                buffer.append("connection: keep-alive\r\n")
            }
        }
        buffer.append("\r\n")
    }

    /// Appends the interim response that a client waits for before it sends a body.
    public static func appendContinue(into buffer: inout ByteBuffer) {
        buffer.append("HTTP/1.1 100 Continue\r\n\r\n")
    }

    /// Appends a chunk of a chunked body; nothing for no bytes, since an empty chunk would end it.
    public static func appendChunk(_ bytes: Span<UInt8>, into buffer: inout ByteBuffer) {
        HeaderEncoder.appendChunk(bytes, to: &buffer)
    }

    /// Ends a chunked body.
    public static func appendLastChunk(into buffer: inout ByteBuffer) { buffer.append("0\r\n\r\n") }
}
