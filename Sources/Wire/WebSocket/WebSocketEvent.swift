/// The two kinds of messages.
@frozen
public enum MessageKind: Equatable, Sendable {
    /// UTF-8, validated.
    case text
    /// Any bytes.
    case binary

    /// The opcode of a message's first frame.
    @inlinable public var opcode: Opcode { self == .text ? .text : .binary }
}

/// Where a message's bytes are.
@frozen
public enum MessageLocation: Equatable, Sendable {
    /// In the input, already unmasked.
    case input(Range<Int>)
    /// In ``MessageDecoder/assembled``.
    case assembled
}

/// What a peer sent.
@frozen
public enum WebSocketEvent: Sendable {
    /// A whole message.
    case message(MessageKind, MessageLocation)
    /// A ping; answer with a pong of the same payload.
    case ping(InlineControl)
    /// A pong, asked for or not.
    case pong(InlineControl)
    /// The peer's last frame, its code and reason checked; whatever follows it is not read.
    case close(code: UInt16?, reason: String)
}
