import Bytes
import COpenSSL

/// Hashes of bytes in memory.
public enum Digest {
    /// SHA-1 (FIPS 180-4), 20 bytes; only for protocols that ask for it, as the WebSocket handshake does.
    public static func sha1(_ bytes: Span<UInt8>) -> [UInt8] {
        unsafe hash(bytes, EVP_sha1(), length: 20)
    }

    /// SHA-256 (FIPS 180-4), 32 bytes.
    public static func sha256(_ bytes: Span<UInt8>) -> [UInt8] {
        unsafe hash(bytes, EVP_sha256(), length: 32)
    }

    /// SHA-512 (FIPS 180-4), 64 bytes.
    public static func sha512(_ bytes: Span<UInt8>) -> [UInt8] {
        unsafe hash(bytes, EVP_sha512(), length: 64)
    }

    /// RIPEMD-160 (ISO/IEC 10118-3), 20 bytes; only for addresses that are made with it.
    public static func ripemd160(_ bytes: Span<UInt8>) -> [UInt8] {
        unsafe hash(bytes, EVP_ripemd160(), length: 20)
    }

    /// The first half of SHA-512, 32 bytes: the XRP Ledger's hash of what is signed with secp256k1.
    public static func sha512Half(_ bytes: Span<UInt8>) -> [UInt8] { Array(sha512(bytes).prefix(32)) }

    private static func hash(_ bytes: Span<UInt8>, _ algorithm: OpaquePointer?, length: Int) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: length)
        let status = unsafe bytes.withUnsafeBufferPointer { source in
            unsafe digest.withUnsafeMutableBufferPointer { target in
                unsafe EVP_Digest(source.baseAddress, source.count, target.baseAddress, nil, algorithm, nil)
            }
        }
        // It fails only without memory or without the algorithm, whatever the input.
        precondition(status == 1, "OpenSSL has no digest")
        return digest
    }
}
