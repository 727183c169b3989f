import Bytes
import COpenSSL

/// Hashes of bytes (FIPS 180-4), by OpenSSL.
public enum Digest {
    /// SHA-1, 20 bytes: for the WebSocket handshake only, where RFC 6455 demands it.
    public static func sha1(_ bytes: Span<UInt8>) -> [UInt8] { unsafe hash(bytes, EVP_sha1(), length: 20) }

    /// SHA-256, 32 bytes.
    public static func sha256(_ bytes: Span<UInt8>) -> [UInt8] { unsafe hash(bytes, EVP_sha256(), length: 32) }

    private static func hash(_ bytes: Span<UInt8>, _ type: OpaquePointer?, length: Int) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: length)
        let done = unsafe bytes.withUnsafeBufferPointer { source in
            unsafe EVP_Digest(source.baseAddress, source.count, &digest, nil, type, nil)
        }
        // These algorithms are in every provider that OpenSSL can be built with.
        precondition(done == 1)
        return digest
    }
}
