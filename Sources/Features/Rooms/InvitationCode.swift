import Bytes
import Cryptography

/// Codes that let their bearer into a private room; the store keeps only their hash.
enum InvitationCode {
    /// A new code of 128 random bits.
    static func make() -> String { Base64.encodeURL(RandomBytes.make(16).span) }

    /// The form in which the store knows a code.
    static func hash(_ code: String) -> String { Base64.encodeURL(Digest.sha256(code.utf8Span.span).span) }
}
