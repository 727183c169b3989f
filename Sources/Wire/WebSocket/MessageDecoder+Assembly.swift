import Bytes

/// What is known of a message whose frames are coming.
struct OpenMessage {
    let isText: Bool
    let isCompressed: Bool
    private var frames: UInt32 = 0
    /// Bytes of its frames so far, as their headers say.
    private(set) var wireBytes = 0

    init(isText: Bool, isCompressed: Bool) {
        self.isText = isText
        self.isCompressed = isCompressed
    }

    var kind: MessageKind { isText ? .text : .binary }

    /// Counts a frame in, or refuses it.
    mutating func addFrame(_ length: Int, _ limits: WebSocketLimits) throws(WebSocketError) {
        let limit = isCompressed ? limits.compressedBytes : limits.messageBytes
        guard length <= limit - wireBytes else { throw .messageTooBig }
        wireBytes += length
        frames += 1
        if limits.framesPerMessage > 0, Int(frames) > limits.framesPerMessage { throw .tooManyFrames }
    }
}

/// The bytes of a header that its input cut off, at most 13 of them until it is whole.
struct HeldHeader {
    private var bytes = InlineArray<14, UInt8>(repeating: 0)
    private var length: UInt8 = 0

    var count: Int { Int(length) }

    var span: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(0..<Int(length)) }
    }

    mutating func append(_ byte: UInt8) {
        bytes[Int(length)] = byte
        length += 1
    }
}

extension MessageDecoder {
    /// Takes a piece of a message, unmasked.
    mutating func gather(_ bytes: Span<UInt8>, _ message: OpenMessage) throws(WebSocketError) {
        guard bytes.count > 0 else { return }
        if message.isCompressed { return try inflate(bytes, message) }
        if message.isText, !validator.append(bytes) { throw .invalidUTF8 }
        assembly.append(bytes)
    }

    /// Ends a message that was gathered.
    mutating func finish(_ message: OpenMessage) throws(WebSocketError) -> WebSocketEvent {
        if message.isCompressed {
            try inflate(Span(), message, isEnd: true)
            if forgetsContext { inflater?.reset() }
        }
        if message.isText, !validator.isComplete { throw .invalidUTF8 }
        self.message = nil
        isDelivered = true
        return .message(message.kind, .assembled)
    }

    /// Inflates into `assembly` and validates what came out.
    private mutating func inflate(
        _ bytes: Span<UInt8>, _ message: OpenMessage, isEnd: Bool = false
    ) throws(WebSocketError) {
        let inflater = try openInflater()
        let start = assembly.count
        let limit = limits.inflatedBytes(from: message.wireBytes)
        var failure: WebSocketError?
        do throws(WebSocketError) {
            try inflater.inflate(bytes, into: &assembly, limit: limit)
            if isEnd { try inflater.finish(into: &assembly, limit: limit) }
        } catch {
            failure = error == .messageTooBig && limit < limits.messageBytes ? .inflateRatio : error
        }
        // First what came out before: which error it is must not depend on how the input was cut.
        if message.isText {
            // A copy: the span borrows the whole decoder.
            var validator = validator
            guard validator.append(assembly.span.extracting(start...)) else { throw .invalidUTF8 }
            self.validator = validator
        }
        if let failure { throw failure }
    }

    private mutating func openInflater() throws(WebSocketError) -> Inflater {
        if let inflater { return inflater }
        let windowBits = (role == .server ? deflate?.clientWindowBits : deflate?.serverWindowBits) ?? 15
        // zlib's compressor makes 9 of 8; a larger window reads both.
        guard let opened = Inflater(windowBits: max(windowBits, 9)) else { throw .outOfMemory }
        inflater = opened
        return opened
    }

    /// Whether the peer compresses each message by itself.
    private var forgetsContext: Bool {
        guard let deflate else { return true }
        return role == .server ? deflate.clientNoContextTakeover : deflate.serverNoContextTakeover
    }

    mutating func dropDelivered() {
        isDelivered = false
        validator = UTF8Validator()
        assembly.removeAll()
    }

    /// Gives memory back when the input is used up between messages.
    mutating func releaseIdle() {
        guard message == nil, frame == nil else { return }
        if assembly.capacity > 0 { assembly.release() }
        if forgetsContext || isDone { inflater = nil }
    }
}
