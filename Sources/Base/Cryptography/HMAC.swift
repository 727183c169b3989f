import COpenSSL

/// Keyed hashes (RFC 2104), by OpenSSL.
public enum HMAC {
    /// HMAC with SHA-256, 32 bytes.
    public static func sha256(key: Span<UInt8>, message: Span<UInt8>) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        let done = unsafe key.withUnsafeBufferPointer { key in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe COpenSSL.HMAC(
                    EVP_sha256(), key.baseAddress, CInt(key.count), message.baseAddress, message.count, &code, nil)
            }
        }
        unsafe precondition(done != nil)
        return code
    }
}
