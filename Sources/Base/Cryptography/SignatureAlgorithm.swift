/// How a message is signed with a private key and verified with the public one (RFC 7518 §3.1, RFC 8037).
public enum SignatureAlgorithm: String, CaseIterable, Sendable {
    /// RSA with SHA-256 and the padding of PKCS #1 v1.5.
    case rs256 = "RS256"
    /// RSA with SHA-256 and PSS padding, its salt as long as the hash.
    case ps256 = "PS256"
    /// ECDSA on P-256 with SHA-256; the signature is `r` and `s`, 32 bytes each.
    case es256 = "ES256"
    /// Ed25519.
    case eddsa = "EdDSA"
}
