public import Bytes
import JSON

/// A refusal as a client sees it: stable code, a sentence for people, the field that was wrong.
public struct ClientError: Error, Equatable, Sendable {
    /// What it is about.
    public var code: ErrorCode
    /// A sentence for people.
    public var message: String
    /// The name of the field that was wrong.
    public var field: String?
    /// Milliseconds after which it is worth trying again.
    public var retryAfter: Int64?
    /// More about it, as a JSON object; nil for an empty one.
    public var details: String?
    /// The limit that it is beyond, for the fields of an HTTP answer.
    public var limit: UsedLimit?

    /// A refusal.
    public init(_ code: ErrorCode, _ message: String, field: String? = nil, retryAfter: Int64? = nil) {
        self.code = code
        self.message = message
        self.field = field
        self.retryAfter = retryAfter
    }

    /// A field that is missing or out of bounds.
    public static func invalid(_ field: String, _ message: String) -> ClientError {
        ClientError(.invalidField, message, field: field)
    }

    /// A field with a NUL, which not every store can hold.
    public static func hasNUL(_ field: String) -> ClientError {
        invalid(field, "\"\(field)\" has a NUL character, which no text may have.")
    }

    /// Writes the members that both forms of an error share.
    private func writeMembers(to writer: inout JSONWriter, requestID: String) {
        writer.key("field")
        if let field { writer.value(field) } else { writer.null() }
        if let retryAfter { writer.field("retry_after_ms", retryAfter) }
        writer.field("request_id", requestID)
        writer.key("details")
        if let details {
            writer.raw(details.utf8Span.span)
        } else {
            writer.beginObject()
            writer.endObject()
        }
    }

    /// The `error` message of the socket.
    ///
    /// - Parameters:
    ///   - id: The request's id, where it had one.
    ///   - room: The room that it is about, where no request says so.
    public func encoded(
        id: String?, room: String? = nil, requestID: String = Identifier.short("r")
    ) -> ByteBuffer {
        var writer = JSONWriter(capacity: 192)
        writer.beginObject()
        writer.field("type", "error")
        if let id { writer.field("id", id) }
        if let room { writer.field("room", room) }
        writer.field("code", code.rawValue)
        writer.field("message", message)
        writeMembers(to: &writer, requestID: requestID)
        writer.endObject()
        return writer.finish()
    }

    /// The `application/problem+json` body of HTTP (RFC 9457).
    public func problem(requestID: String) -> ByteBuffer {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.field("type", "about:blank")
        writer.field("title", code.rawValue)
        writer.field("status", code.httpStatus)
        writer.field("detail", message)
        writer.field("code", code.rawValue)
        writeMembers(to: &writer, requestID: requestID)
        writer.endObject()
        return writer.finish()
    }
}
