import CZlib

/// The gzip content coding (RFC 9110 §8.4.1.3, RFC 1952), for files that are compressed once and sent often.
public enum Gzip {
    /// Compresses bytes as well as zlib can.
    ///
    /// - Returns: Nil where there is no memory.
    public static func compress(_ bytes: Span<UInt8>) -> [UInt8]? {
        var stream = unsafe z_stream()
        // 15 bits of window, and 16 more for gzip's header and checksum.
        guard unsafe stoa_deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) == Z_OK else {
            return nil
        }
        defer { unsafe _ = deflateEnd(&stream) }
        let bound = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
        var output = [UInt8](repeating: 0, count: bound)
        let written: Int? = unsafe bytes.withUnsafeBufferPointer { source in
            unsafe output.withUnsafeMutableBufferPointer { target in
                unsafe stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(target.count)
                // The bound is enough for one call.
                guard unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END else { return nil }
                return unsafe target.count - Int(stream.avail_out)
            }
        }
        guard let written else { return nil }
        return Array(output[..<written])
    }
}
