import Bytes
import COpenSSL

/// ECDSA on secp256k1 (SEC 2 §2.4.1), each signature in one form only.
public enum Secp256k1 {
    /// Bytes of a public key in its compressed form.
    public static let keyBytes = 33
    /// The most bytes that a signature has.
    public static let signatureLimit = 72

    /// Whether the owner of a public key has signed the digest of a message.
    ///
    /// - Parameters:
    ///   - signature: In DER; the lower of the two `s` that would do, as the XRP Ledger demands ("fully canonical").
    ///   - digest: 32 bytes.
    ///   - key: Compressed, 33 bytes.
    public static func verify(_ signature: Span<UInt8>, of digest: Span<UInt8>, key: Span<UInt8>) -> Bool {
        guard digest.count == 32, key.count == keyBytes, key[0] == 2 || key[0] == 3,
            isCanonical([UInt8](signature))
        else { return false }
        return check(signature, digest, key)
    }

    // MARK: The one form

    /// Half of the curve's order, the highest byte first: there are `s` and order − `s`, and only the lower counts.
    private static let halfOrder: [UInt8] = [
        0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0x5D, 0x57, 0x6E, 0x73, 0x57, 0xA4, 0x50, 0x1D, 0xDF, 0xE9, 0x2F, 0x46, 0x68, 0x1B, 0x20, 0xA0,
    ]

    /// Whether these are two numbers of ASN.1 in their shortest form with nothing around them, the second one low.
    private static func isCanonical(_ bytes: [UInt8]) -> Bool {
        guard (8...signatureLimit).contains(bytes.count), bytes[0] == 0x30,
            Int(bytes[1]) == bytes.count - 2
        else { return false }
        var rest = bytes[2...]
        guard number(&rest) != nil, let s = number(&rest), rest.isEmpty else { return false }
        let padded = [UInt8](repeating: 0, count: 32 - s.count) + s
        return !halfOrder.lexicographicallyPrecedes(padded)
    }

    /// Takes one number above zero of at most 32 bytes off the front.
    private static func number(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard rest.count >= 3, rest.removeFirst() == 0x02 else { return nil }
        let count = Int(rest.removeFirst())
        guard (1...33).contains(count), count <= rest.count else { return nil }
        let bytes = Array(rest.prefix(count))
        rest = rest.dropFirst(count)
        // Neither negative nor with a zero in front that the sign does not need.
        guard bytes[0] < 0x80 else { return nil }
        if bytes[0] == 0, bytes.count == 1 || bytes[1] < 0x80 { return nil }
        let magnitude = bytes.drop { $0 == 0 }
        return magnitude.count <= 32 ? Array(magnitude) : nil
    }

    // MARK: OpenSSL

    /// SubjectPublicKeyInfo (RFC 5480 §2) up to the key's own bytes.
    private static let keyName: [UInt8] = [
        0x30, 0x36, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81,
        0x04, 0x00, 0x0A, 0x03, 0x22, 0x00,
    ]

    private static func check(_ signature: Span<UInt8>, _ digest: Span<UInt8>, _ key: Span<UInt8>) -> Bool {
        let encoded = keyName + [UInt8](key)
        let made = unsafe encoded.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var position = buffer.baseAddress
            // A point that is not on the curve is refused here.
            return unsafe d2i_PUBKEY(nil, &position, buffer.count)
        }
        let context = unsafe made == nil ? nil : EVP_PKEY_CTX_new(made, nil)
        defer {
            unsafe EVP_PKEY_CTX_free(context)
            unsafe EVP_PKEY_free(made)
            // A bad signature leaves its reason on this thread's queue, where a later call would find it.
            ERR_clear_error()
        }
        guard unsafe context != nil, unsafe EVP_PKEY_verify_init(context) == 1 else { return false }
        return unsafe signature.withUnsafeBufferPointer { signature in
            unsafe digest.withUnsafeBufferPointer { digest in
                unsafe EVP_PKEY_verify(
                    context, signature.baseAddress, signature.count, digest.baseAddress, digest.count) == 1
            }
        }
    }
}
