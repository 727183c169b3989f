import Bytes
import COpenSSL

/// A public key with the one algorithm that it verifies: who made a signature never chooses that.
///
/// Immutable, so that any thread may verify with it at any time.
@safe public final class PublicKey: Sendable {
    /// What it verifies.
    public let algorithm: SignatureAlgorithm
    // Invariant: a valid EVP_PKEY from init to deinit. Nothing changes it after init; OpenSSL locks what it caches
    // within, so that any thread may use it.
    private nonisolated(unsafe) let key: OpaquePointer

    /// A key in SubjectPublicKeyInfo form (RFC 5280 §4.1).
    ///
    /// - Parameter algorithm: Nil takes the usual one of the key's kind; RSA's is RS256.
    /// - Throws: ``PublicKeyError``.
    public convenience init(
        subjectPublicKeyInfo bytes: [UInt8], algorithm: SignatureAlgorithm? = nil
    ) throws(PublicKeyError) {
        let key = unsafe bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var position = buffer.baseAddress
            return unsafe d2i_PUBKEY(nil, &position, buffer.count)
        }
        guard let key = unsafe key else {
            _ = OpenSSLError(during: "reading a key")
            throw .unreadable
        }
        try unsafe self.init(owning: key, algorithm)
    }

    /// Takes over a key, and frees it where it does not serve.
    @unsafe init(owning key: OpaquePointer, _ wanted: SignatureAlgorithm?) throws(PublicKeyError) {
        do throws(PublicKeyError) {
            let fitting = try unsafe PublicKey.algorithms(of: key)
            if let wanted, !fitting.contains(wanted) { throw .anotherAlgorithm }
            algorithm = wanted ?? fitting[0]
        } catch {
            unsafe EVP_PKEY_free(key)
            throw error
        }
        unsafe self.key = key
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// What a key can verify, the usual one first.
    @unsafe private static func algorithms(of key: OpaquePointer) throws(PublicKeyError)
        -> [SignatureAlgorithm]
    {
        switch unsafe EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_RSA:
            guard unsafe isSoundRSA(key) else { throw .weak }
            return [.rs256, .ps256]
        case EVP_PKEY_RSA_PSS:
            guard unsafe isSoundRSA(key) else { throw .weak }
            return [.ps256]
        case EVP_PKEY_EC:
            guard unsafe isP256(key) else { throw .unsupported }
            return [.es256]
        case EVP_PKEY_ED25519:
            guard unsafe isSoundEd25519(key) else { throw .forgeable }
            return [.eddsa]
        default: throw .unsupported
        }
    }

    @unsafe private static func isSoundRSA(_ key: OpaquePointer) -> Bool {
        guard unsafe (2048...8192).contains(EVP_PKEY_get_bits(key)) else { return false }
        var exponent: OpaquePointer?
        guard unsafe EVP_PKEY_get_bn_param(key, "e", &exponent) == 1 else { return false }
        defer { unsafe BN_free(exponent) }
        // Beyond 64 bits a verification costs far more, and nobody has such a key.
        return unsafe BN_is_odd(exponent) == 1 && BN_is_one(exponent) == 0 && BN_num_bits(exponent) <= 64
    }

    @unsafe private static func isSoundEd25519(_ key: OpaquePointer) -> Bool {
        var bytes = [UInt8](repeating: 0, count: Ed25519.keyBytes)
        var count = bytes.count
        guard unsafe EVP_PKEY_get_raw_public_key(key, &bytes, &count) == 1 else { return false }
        return count == bytes.count && Ed25519.isSound(bytes.span)
    }

    @unsafe private static func isP256(_ key: OpaquePointer) -> Bool {
        var name = [CChar](repeating: 0, count: 64)
        var length = 0
        guard unsafe EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1 else { return false }
        let bytes = name.prefix(length).map { UInt8(bitPattern: $0) }
        return bytes == Array("prime256v1".utf8)
    }

    /// SHA-256 of the key in SubjectPublicKeyInfo form: the same for the same key, wherever it came from.
    public var fingerprint: [UInt8] {
        var bytes = [UInt8](repeating: 0, count: max(0, Int(unsafe i2d_PUBKEY(key, nil))))
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            var end = buffer.baseAddress
            _ = unsafe i2d_PUBKEY(key, &end)
        }
        return Digest.sha256(bytes.span)
    }

    // MARK: Verifying

    /// Whether this key's owner has signed the message.
    public func verify(_ signature: Span<UInt8>, of message: Span<UInt8>) -> Bool {
        guard algorithm == .es256 else { return check(signature, message) }
        guard signature.count == 64 else { return false }
        let halves = [UInt8](signature)
        let encoded = DER.sequence(DER.integer(halves[..<32]), DER.integer(halves[32...]))
        return check(encoded.span, message)
    }

    private func check(_ signature: Span<UInt8>, _ message: Span<UInt8>) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        var options: OpaquePointer?
        let digest = unsafe algorithm == .eddsa ? nil : EVP_sha256()
        var isGood = unsafe EVP_DigestVerifyInit(context, &options, digest, nil, key) == 1
        if isGood, algorithm == .ps256 { isGood = unsafe PublicKey.choosePSS(options) }
        if isGood {
            isGood = unsafe signature.withUnsafeBufferPointer { signature in
                unsafe message.withUnsafeBufferPointer { message in
                    unsafe EVP_DigestVerify(
                        context, signature.baseAddress, signature.count, message.baseAddress, message.count)
                        == 1
                }
            }
        }
        // A bad signature leaves its reason on this thread's queue, where a later call would find it.
        if !isGood { ERR_clear_error() }
        return isGood
    }

    @unsafe private static func choosePSS(_ options: OpaquePointer?) -> Bool {
        let padding = unsafe EVP_PKEY_CTX_set_rsa_padding(options, CInt(RSA_PKCS1_PSS_PADDING))
        let salt = unsafe EVP_PKEY_CTX_set_rsa_pss_saltlen(options, CInt(RSA_PSS_SALTLEN_DIGEST))
        return padding == 1 && salt == 1
    }
}
