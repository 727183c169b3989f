import COpenSSL

/// Bytes that nobody can foresee.
public enum RandomBytes {
    /// Makes `count` bytes, from OpenSSL's generator, which the kernel seeds.
    public static func make(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        let status = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe RAND_bytes(buffer.baseAddress, CInt(buffer.count))
        }
        // Without randomness no key and no token is safe: better no process.
        precondition(status == 1, "no randomness")
        return bytes
    }
}
