import Bytes
import COpenSSL

/// Keyed hashes (RFC 2104).
public enum HMAC {
    /// HMAC with SHA-256, 32 bytes.
    public static func sha256(key: Span<UInt8>, message: Span<UInt8>) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        // A null key would mean "the key of before" to OpenSSL; an array is never null.
        let key = key.count == 0 ? [0] : [UInt8](key)
        let result = unsafe key.withUnsafeBufferPointer { key in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe code.withUnsafeMutableBufferPointer { code in
                    unsafe COpenSSL.HMAC(
                        EVP_sha256(), key.baseAddress, CInt(key.count), message.baseAddress, message.count,
                        code.baseAddress, nil)
                }
            }
        }
        // It fails only without memory or without the algorithm, whatever the input.
        unsafe precondition(result != nil, "OpenSSL has no HMAC")
        return code
    }
}
