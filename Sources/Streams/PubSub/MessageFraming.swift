public import Bytes

/// How messages go to a subscriber that is no WebSocket; lives on the subscriber's loop.
///
/// Such a subscriber's messages are written for it alone, while WebSockets share their frames: it costs more, and the
/// fan-out to everybody else nothing.
public protocol MessageFraming: AnyObject {
    /// Appends a message as it goes to the connection; nothing, where it goes another way.
    ///
    /// - Parameter message: A JSON object's UTF-8.
    func append(_ message: Span<UInt8>, to bytes: inout ByteBuffer)
}
