public import Cryptography

/// How a token is signed; it belongs to the key, and a token only names the one that it was signed with.
public enum TokenAlgorithm: Hashable, Sendable {
    /// HMAC with SHA-256 and a shared secret.
    case hs256
    /// A signature that a public key verifies.
    case signature(SignatureAlgorithm)

    /// Reads an `alg` (RFC 7518 §3.1); `none` and what we do not verify is nil.
    public init?(name: String) {
        if name == "HS256" {
            self = .hs256
        } else if let algorithm = SignatureAlgorithm(rawValue: name) {
            self = .signature(algorithm)
        } else {
            return nil
        }
    }
}
