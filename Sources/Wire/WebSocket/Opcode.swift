/// What a frame is (RFC 6455 §5.2).
@frozen
public enum Opcode: UInt8, Sendable {
    /// A further fragment of a message.
    case continuation = 0
    /// Text, or its first fragment.
    case text = 1
    /// Bytes, or their first fragment.
    case binary = 2
    /// The last frame of a peer.
    case close = 8
    /// A question whether the peer lives.
    case ping = 9
    /// The answer, or a sign of life by itself.
    case pong = 10

    /// Whether the frame may stand between the fragments of a message.
    @inlinable public var isControl: Bool { rawValue >= 8 }
}
