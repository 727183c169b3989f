import Cryptography

/// The tokens that this server signs itself.
///
/// They have an `iss` and a key of their own: nobody else can make a token for the people whom only the server makes.
public enum OwnTokens {
    /// Their `iss`.
    public static let issuer = "stoa"

    /// The key that verifies them, from one of the configured secrets.
    public static func verificationKey(from secret: [UInt8]) -> VerificationKey {
        VerificationKey(secret: key(from: secret))
    }

    /// The key that signs them.
    static func key(from secret: [UInt8]) -> [UInt8] {
        HMAC.sha256(key: secret.span, message: "stoa: tokens of the server itself".utf8Span.span)
    }
}
