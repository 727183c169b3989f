import Bytes

/// Turns one peer's bytes into messages and control frames (RFC 6455, RFC 7692).
///
/// A message that arrives whole, in one frame and uncompressed stays where it is in the input; everything else is
/// gathered here. Idle, a decoder holds no memory but itself and, where contexts are kept, its inflater.
public struct MessageDecoder: ~Copyable {
    // In an order that wastes no padding: there is one of these per connection.
    let limits: WebSocketLimits
    let deflate: DeflateAgreement?
    let role: WebSocketRole
    // A close frame came, or an error: nothing counts any more.
    var isDone = false
    // Whether `assembly` was handed out and is to be dropped.
    var isDelivered = false
    var validator = UTF8Validator()
    // The start of a header that its input cut off.
    var held = HeldHeader()
    // The header of the frame being read; nil between frames.
    var frame: FrameHeader?
    // How many bytes of its payload came.
    var received = 0
    // The message being gathered.
    var message: OpenMessage?
    // Bytes of the message; behind them those of a control frame that is not whole yet.
    var assembly = ByteBuffer()
    var inflater: Inflater?

    /// A decoder before the first frame.
    ///
    /// - Parameter deflate: What the handshake agreed on, or nil for no compression.
    public init(role: WebSocketRole, limits: WebSocketLimits = WebSocketLimits(), deflate: DeflateAgreement?)
    {
        self.role = role
        self.limits = limits
        self.deflate = deflate
    }

    /// The message of an event that says so; until the next call of ``next(in:at:)``.
    public var assembled: Span<UInt8> {
        @_lifetime(borrow self)
        get { assembly.span }
    }

    /// Whether a message or frame has begun and not ended.
    public var isInMessage: Bool { frame != nil || message != nil || held.count > 0 }

    /// Decodes the next event from `bytes[position...]`, unmasking in place, and advances `position`.
    ///
    /// - Returns: Nil when all is consumed; what is incomplete is kept here.
    /// - Throws: ``WebSocketError``; the connection is to be closed with its code, and further bytes are ignored.
    public mutating func next(
        in bytes: inout MutableSpan<UInt8>, at position: inout Int
    ) throws(WebSocketError) -> WebSocketEvent? {
        if isDelivered { dropDelivered() }
        do {
            while !isDone {
                if frame == nil, try !readHeader(bytes.span, at: &position) { break }
                if let event = try readPayload(&bytes, at: &position) { return event }
                if frame != nil { return nil }
            }
        } catch {
            isDone = true
            throw error
        }
        position = bytes.count
        releaseIdle()
        return nil
    }

    // MARK: Header

    /// - Returns: False when the input ends before the header does.
    private mutating func readHeader(_ bytes: Span<UInt8>, at position: inout Int) throws(WebSocketError)
        -> Bool
    {
        if held.count == 0 {
            if let header = try parse(bytes.extracting(position...)) {
                position += Int(header.headerLength)
                try begin(header)
                return true
            }
            while position < bytes.count {
                held.append(bytes[position])
                position += 1
            }
            return false
        }
        while position < bytes.count {
            held.append(bytes[position])
            position += 1
            guard let header = try parse(held.span) else { continue }
            held = HeldHeader()
            try begin(header)
            return true
        }
        return false
    }

    private func parse(_ bytes: Span<UInt8>) throws(WebSocketError) -> FrameHeader? {
        try FrameHeader.read(bytes, role: role, allowsCompression: deflate != nil)
    }

    /// Checks a header against the message that it belongs to, before a byte of its payload is kept.
    private mutating func begin(_ header: FrameHeader) throws(WebSocketError) {
        frame = header
        received = 0
        if header.opcode.isControl { return }
        if header.opcode == .continuation {
            guard message != nil else { throw .unexpectedContinuation }
        } else {
            guard message == nil else { throw .expectedContinuation }
            message = OpenMessage(isText: header.opcode == .text, isCompressed: header.isCompressed)
        }
        try message?.addFrame(header.payloadLength, limits)
    }

    // MARK: Payload

    private mutating func readPayload(
        _ bytes: inout MutableSpan<UInt8>, at position: inout Int
    ) throws(WebSocketError) -> WebSocketEvent? {
        guard let frame else { return nil }
        let range = position..<position + min(frame.payloadLength - received, bytes.count - position)
        if role == .server { Masking.apply(&bytes, range, key: frame.mask, phase: received) }
        let isWholeInInput = range.count == frame.payloadLength
        position = range.upperBound
        received += range.count
        let isAtEnd = received == frame.payloadLength
        if isAtEnd { self.frame = nil }
        if frame.opcode.isControl {
            return try readControl(frame, bytes.span.extracting(range), isWholeInInput, isAtEnd)
        }
        guard let message else { return nil }
        let isPlain =
            isWholeInInput && frame.isFinal && frame.opcode != .continuation && !message.isCompressed
        if isPlain {
            self.message = nil
            if message.isText, !UTF8Validator.isValid(bytes.span.extracting(range)) { throw .invalidUTF8 }
            return .message(message.kind, .input(range))
        }
        try gather(bytes.span.extracting(range), message)
        guard isAtEnd, frame.isFinal else { return nil }
        return try finish(message)
    }

    private mutating func readControl(
        _ frame: FrameHeader, _ payload: Span<UInt8>, _ isWholeInInput: Bool, _ isAtEnd: Bool
    ) throws(WebSocketError) -> WebSocketEvent? {
        if isWholeInInput { return try event(frame.opcode, InlineControl(payload)) }
        assembly.append(payload)
        guard isAtEnd else { return nil }
        let start = assembly.count - frame.payloadLength
        let control = InlineControl(assembly.span.extracting(start...))
        assembly.truncate(to: start)
        return try event(frame.opcode, control)
    }

    private mutating func event(_ opcode: Opcode, _ payload: InlineControl) throws(WebSocketError)
        -> WebSocketEvent
    {
        switch opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default:
            isDone = true
            return try ClosePayload.event(payload.span)
        }
    }
}
