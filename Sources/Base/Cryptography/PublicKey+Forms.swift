import Bytes
import COpenSSL

extension PublicKey {
    // SubjectPublicKeyInfo of each kind up to the key's own bytes (RFC 3279 §2.3.1, RFC 5480 §2, RFC 8410 §4).
    private static let rsaName: [UInt8] = [
        0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]
    private static let p256Name: [UInt8] = [
        0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE,
        0x3D, 0x03, 0x01, 0x07,
    ]
    private static let ed25519Name: [UInt8] = [0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70]

    /// An RSA key by its numbers, in big-endian order.
    ///
    /// - Throws: ``PublicKeyError``.
    public convenience init(
        rsaModulus modulus: [UInt8], exponent: [UInt8], algorithm: SignatureAlgorithm? = nil
    ) throws(PublicKeyError) {
        guard modulus.count <= 1024, exponent.count <= 8 else { throw .weak }
        let numbers = DER.sequence(DER.integer(modulus), DER.integer(exponent))
        try self.init(
            subjectPublicKeyInfo: DER.sequence(PublicKey.rsaName, DER.bits(numbers)), algorithm: algorithm)
    }

    /// A point of P-256 by its coordinates, 32 bytes each; one that is not on the curve is unreadable.
    ///
    /// - Throws: ``PublicKeyError``.
    public convenience init(p256X x: [UInt8], y: [UInt8]) throws(PublicKeyError) {
        guard x.count == 32, y.count == 32 else { throw .unreadable }
        let point = DER.bits([0x04] + x + y)
        try self.init(subjectPublicKeyInfo: DER.sequence(PublicKey.p256Name, point), algorithm: .es256)
    }

    /// An Ed25519 key, 32 bytes; one that anybody can sign for is refused, see ``Ed25519/isSound(_:)``.
    ///
    /// - Throws: ``PublicKeyError``.
    public convenience init(ed25519 bytes: [UInt8]) throws(PublicKeyError) {
        guard bytes.count == 32 else { throw .unreadable }
        try self.init(
            subjectPublicKeyInfo: DER.sequence(PublicKey.ed25519Name, DER.bits(bytes)), algorithm: .eddsa)
    }

    /// The one public key or certificate of a PEM file's text (RFC 7468).
    ///
    /// Of a certificate only the key counts: whoever configured it trusts it, so neither its dates nor its issuer
    /// are looked at.
    ///
    /// - Throws: ``PublicKeyError``.
    public convenience init(
        pem text: String, algorithm: SignatureAlgorithm? = nil
    ) throws(PublicKeyError) {
        guard !text.contains("PRIVATE KEY-----") else { throw .isPrivate }
        let blocks = text.split(separator: "\n").count { $0.hasPrefix("-----BEGIN ") }
        guard blocks <= 1 else { throw .several }
        let isCertificate = text.contains("-----BEGIN CERTIFICATE-----")
        guard let key = unsafe PublicKey.read(Array(text.utf8), isCertificate: isCertificate) else {
            _ = OpenSSLError(during: "reading a key")
            throw .unreadable
        }
        try unsafe self.init(owning: key, algorithm)
    }

    @unsafe private static func read(_ text: [UInt8], isCertificate: Bool) -> OpaquePointer? {
        unsafe text.withUnsafeBytes { bytes in
            let source = unsafe BIO_new_mem_buf(bytes.baseAddress, CInt(clamping: bytes.count))
            defer { unsafe BIO_free(source) }
            guard isCertificate else { return unsafe PEM_read_bio_PUBKEY(source, nil, nil, nil) }
            let certificate = unsafe PEM_read_bio_X509(source, nil, nil, nil)
            defer { unsafe X509_free(certificate) }
            return unsafe X509_get_pubkey(certificate)
        }
    }
}
