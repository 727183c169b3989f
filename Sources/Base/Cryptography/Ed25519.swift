import Bytes
import COpenSSL

/// Ed25519 (RFC 8032) where the key is the signer's own word: stricter than OpenSSL, as ledgers are.
///
/// OpenSSL takes keys of small order, for which anybody can make signatures that fit any message – among them the
/// address of 32 zero bytes –, and keys that are written in a second way. Neither is anybody's key; both are refused
/// here, as are such points within a signature. Solana's nodes draw the line in the same place.
public enum Ed25519 {
    /// Bytes of a public key.
    public static let keyBytes = 32
    /// Bytes of a signature.
    public static let signatureBytes = 64

    /// Whether the owner of a public key has signed the message.
    public static func verify(
        _ signature: Span<UInt8>, of message: Span<UInt8>, key: Span<UInt8>
    ) -> Bool {
        guard signature.count == signatureBytes, isSound(key) else { return false }
        let bytes = [UInt8](signature)
        guard isSound(Array(bytes[..<32]).span), isLess(Array(bytes[32...]), than: order) else {
            return false
        }
        return check(signature, message, key)
    }

    /// Whether 32 bytes are written as keys are, and not one of the points of small order.
    ///
    /// Whether they are on the curve at all shows when they verify.
    public static func isSound(_ key: Span<UInt8>) -> Bool {
        guard key.count == keyBytes else { return false }
        var y = [UInt8](key)
        y[31] &= 0x7F
        return isLess(y, than: prime) && !smallOrder.contains(y)
    }

    // MARK: Numbers, the lowest byte first

    /// 2²⁵⁵ − 19: coordinates are less.
    private static let prime: [UInt8] = [0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F]
    /// The order of the base point: the second half of a signature is less.
    private static let order: [UInt8] =
        [0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14]
        + [UInt8](repeating: 0, count: 15) + [0x10]
    /// The y of the eight points of small order: of order 4, 1, 2, and of order 8 twice. The sign of x, the top bit,
    /// makes no difference.
    private static let smallOrder: [[UInt8]] = [
        [UInt8](repeating: 0, count: 32),
        [1] + [UInt8](repeating: 0, count: 31),
        [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
        [
            0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0,
            0xD5, 0xDF, 0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
        ],
        [
            0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F,
            0x2A, 0x20, 0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
        ],
    ]

    private static func isLess(_ number: [UInt8], than limit: [UInt8]) -> Bool {
        for index in number.indices.reversed() where number[index] != limit[index] {
            return number[index] < limit[index]
        }
        return false
    }

    // MARK: OpenSSL

    private static func check(
        _ signature: Span<UInt8>, _ message: Span<UInt8>, _ key: Span<UInt8>
    ) -> Bool {
        let made = unsafe key.withUnsafeBufferPointer { key in
            unsafe EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, key.baseAddress, key.count)
        }
        let context = unsafe EVP_MD_CTX_new()
        defer {
            unsafe EVP_MD_CTX_free(context)
            unsafe EVP_PKEY_free(made)
            // A bad signature leaves its reason on this thread's queue, where a later call would find it.
            ERR_clear_error()
        }
        guard unsafe made != nil, unsafe context != nil,
            unsafe EVP_DigestVerifyInit(context, nil, nil, nil, made) == 1
        else { return false }
        return unsafe signature.withUnsafeBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe EVP_DigestVerify(
                    context, signature.baseAddress, signature.count, message.baseAddress, message.count) == 1
            }
        }
    }
}
