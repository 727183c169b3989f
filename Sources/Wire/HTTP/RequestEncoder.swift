public import Bytes

/// Writes requests (RFC 9112); for clients.
public enum RequestEncoder {
    /// Appends a request with its body, whose length it tells.
    ///
    /// - Parameters:
    ///   - target: Path and query, already encoded.
    ///   - host: The value of `Host`.
    /// - Throws: ``HTTPError/invalidTarget`` or ``HTTPError/invalidHost`` where they would break the request.
    public static func append(
        _ method: HTTPMethod, _ target: String, host: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
        into buffer: inout ByteBuffer
    ) throws(HTTPError) {
        _ = try RequestTarget(target.utf8Span.span, method: method)
        guard HTTPHost.isValid(host.utf8Span.span) else { throw .invalidHost }
        let name = method.name
        guard HTTPSyntax.isToken(name.utf8Span.span) else { throw .invalidStartLine }
        buffer.append(text: name)
        buffer.append(" ")
        buffer.append(text: target)
        buffer.append(" HTTP/1.1\r\nhost: ")
        buffer.append(text: host)
        buffer.append("\r\n")
        HeaderEncoder.append(headers, to: &buffer)
        // A GET without a body needs no length; a POST without one does.
        if !body.isEmpty || method == .post || method == .put || method == .patch {
            HeaderEncoder.append(.length(body.count), to: &buffer)
        }
        buffer.append("\r\n")
        buffer.append(body)
    }
}
