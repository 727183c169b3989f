import Bytes
import ClientProtocol
import JSON
import PubSub

/// Messages as server-sent events (WHATWG HTML §9.2): each in `data`, with the client's new place in `id`.
final class EventStreamFraming: MessageFraming {
    private var cursor: StreamCursor

    init(_ cursor: StreamCursor) { self.cursor = cursor }

    func append(_ message: Span<UInt8>, to bytes: inout ByteBuffer) {
        bytes.reserve(message.count + 96)
        if let wait = EventStreamFraming.reconnectTime(message) {
            bytes.append("retry: ")
            bytes.append(decimal: UInt64(max(0, wait)))
            bytes.append("\n")
        }
        if cursor.note(message), cursor.isKnown {
            bytes.append("id: ")
            bytes.append(text: cursor.text)
            bytes.append("\n")
        }
        EventStreamFraming.appendData(message, to: &bytes)
        bytes.append("\n")
    }

    /// A client's own line breaks in what it published begin another line of the event's data, which a reader joins again.
    private static func appendData(_ message: Span<UInt8>, to bytes: inout ByteBuffer) {
        var start = 0
        for index in 0...message.count {
            guard index == message.count || message[index] == 0x0A || message[index] == 0x0D else { continue }
            bytes.append("data: ")
            bytes.append(message.extracting(start..<index))
            bytes.append("\n")
            start = index + 1
        }
    }

    /// When to come back, where a message says so: the reader's own clock is set by it.
    private static func reconnectTime(_ message: Span<UInt8>) -> Int64? {
        guard message.count < 64, let value = try? JSONValue(parsing: message),
            value["type"]?.string == "reconnect"
        else { return nil }
        return value["after_ms"]?.integer
    }

    /// What begins a stream: how long to wait before coming back after a cut, each client another time.
    static func appendOpening(to bytes: inout ByteBuffer) {
        bytes.append("retry: ")
        bytes.append(decimal: UInt64.random(in: 1000...5000))
        bytes.append("\n\n")
    }

    /// What keeps proxies from taking the connection for dead.
    static func appendSign(to bytes: inout ByteBuffer) { bytes.append(": \n\n") }

    /// What ends a stream, with the code that would close a WebSocket.
    static func appendEnd(code: UInt16, _ reason: String, to bytes: inout ByteBuffer) {
        var writer = JSONWriter(capacity: 96)
        writer.beginObject()
        writer.field("type", "stream_closed")
        writer.field("code", Int(code))
        writer.field("reason", reason)
        writer.endObject()
        appendData(writer.span, to: &bytes)
        bytes.append("\n")
    }
}
