public import Bytes
import CZlib

/// Compresses messages, each by itself (RFC 7692 §7.2.1, no context takeover).
///
/// So one compressed message serves all receivers, and one deflater all connections of a loop. Takes about 256 KiB.
@safe public final class Deflater {
    // On the heap: zlib keeps the address.
    private let stream: UnsafeMutablePointer<z_stream>

    /// Takes memory.
    ///
    /// - Parameters:
    ///   - level: 1 is fast, 9 is small.
    ///   - windowBits: The window is 2 to this power, 9…15; what it makes can be read with any window as large.
    /// - Returns: Nil where there is no memory.
    public init?(level: Int = 6, windowBits: UInt8 = 15) {
        // zlib cannot make raw streams of window 8.
        precondition((1...9).contains(level) && (9...15).contains(windowBits))
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let status = unsafe stoa_deflateInit2(
            stream, Int32(level), Z_DEFLATED, -Int32(windowBits), 8, Z_DEFAULT_STRATEGY)
        guard status == Z_OK else { return nil }
    }

    deinit {
        // Harmless where the initialiser failed.
        unsafe _ = deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Appends a message's compressed payload, without the 00 00 FF FF that ends it.
    public func append(_ payload: Span<UInt8>, to output: inout ByteBuffer) {
        guard payload.count > 0 else { return output.append(0x00) }  // RFC 7692 §7.2.3.6
        unsafe _ = deflateReset(stream)
        unsafe payload.withUnsafeBufferPointer { source in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(source.count)
            // The bound is for one call that ends the stream; the flush's empty block needs a few bytes more.
            let bound = unsafe Int(deflateBound(stream, UInt(source.count))) + 16
            repeat {
                unsafe output.appendUninitialized(minimum: bound) { spare in
                    let room = min(spare.count, Int(UInt32.max))
                    unsafe stream.pointee.next_out = spare.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(room)
                    unsafe _ = deflate(stream, Z_SYNC_FLUSH)
                    return unsafe room - Int(stream.pointee.avail_out)
                }
            } while unsafe stream.pointee.avail_out == 0
        }
        output.truncate(to: output.count - 4)
    }
}
