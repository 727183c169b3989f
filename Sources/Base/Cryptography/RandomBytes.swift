import COpenSSL

/// Bytes that nobody can foresee.
public enum RandomBytes {
    /// New random bytes, from OpenSSL's generator.
    public static func make(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let done = unsafe RAND_bytes(&bytes, CInt(count))
        // Without randomness no secret may be made.
        precondition(done == 1)
        return bytes
    }
}
