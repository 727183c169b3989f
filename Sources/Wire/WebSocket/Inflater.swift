public import Bytes
import CZlib

/// Inflates the messages of one peer (RFC 7692 §7.2.2), piece by piece.
///
/// Costs about 7 KiB and the window, so a connection has one only once it got a compressed message. A peer that reaches
/// back behind the window is refused where the bytes are gone, and understood where the same call made them.
@safe public final class Inflater {
    // On the heap: zlib keeps the address.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Takes memory for a window of 2 to the power of `windowBits` bytes, 8…15.
    ///
    /// - Returns: Nil where there is no memory.
    public init?(windowBits: UInt8) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe stoa_inflateInit2(stream, -Int32(windowBits)) == Z_OK else { return nil }
    }

    deinit {
        // Harmless where the initialiser failed.
        unsafe _ = inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Forgets all messages so far.
    public func reset() { unsafe _ = inflateReset(stream) }

    /// Inflates the next bytes of a message.
    ///
    /// - Parameters:
    ///   - output: Gets what they inflate to.
    ///   - limit: Bytes that `output` may have at most.
    /// - Throws: ``WebSocketError/invalidDeflate``; ``WebSocketError/messageTooBig`` as soon as the limit is passed.
    public func inflate(
        _ input: Span<UInt8>, into output: inout ByteBuffer, limit: Int
    ) throws(WebSocketError) {
        guard input.count > 0 else { return }
        let chunk = min(max(input.count * 4, 512), 16_384)
        try unsafe input.withUnsafeBufferPointer { source throws(WebSocketError) in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(source.count)
            while try step(into: &output, chunk: min(chunk, limit - output.count + 1)) {
                guard output.count <= limit else { throw .messageTooBig }
            }
            guard output.count <= limit else { throw .messageTooBig }
        }
    }

    /// Ends a message: the bytes that its sender cut off are put back.
    ///
    /// - Throws: As ``inflate(_:into:limit:)``; also where the message ends in the middle of a block.
    public func finish(into output: inout ByteBuffer, limit: Int) throws(WebSocketError) {
        let tail: [UInt8] = [0x00, 0x00, 0xFF, 0xFF]
        try inflate(tail.span, into: &output, limit: limit)
        // 128: zlib stands between two blocks.
        guard unsafe stream.pointee.data_type & 128 != 0, unsafe stream.pointee.avail_in == 0 else {
            throw .invalidDeflate
        }
    }

    /// - Returns: Whether there may be more output.
    private func step(into output: inout ByteBuffer, chunk: Int) throws(WebSocketError) -> Bool {
        var status = Z_OK
        unsafe output.appendUninitialized(minimum: chunk) { spare in
            unsafe stream.pointee.next_out = spare.baseAddress
            unsafe stream.pointee.avail_out = UInt32(chunk)
            unsafe status = CZlib.inflate(stream, Z_SYNC_FLUSH)
            return unsafe chunk - Int(stream.pointee.avail_out)
        }
        switch status {
        case Z_OK:
            return unsafe stream.pointee.avail_out == 0 || stream.pointee.avail_in > 0
        case Z_BUF_ERROR:
            return false
        case Z_STREAM_END:
            // A block marked as the last: allowed (RFC 7692 §7.2.3.4); the window stays for what follows.
            unsafe _ = inflateResetKeep(stream)
            return unsafe stream.pointee.avail_in > 0
        default:
            throw .invalidDeflate
        }
    }
}
