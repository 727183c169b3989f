/// Why a token is not accepted.
public enum TokenError: Error, Hashable, Sendable {
    /// It is not a token for us: form, signature, claims.
    case invalid
    /// It was one until its `exp`.
    case expired
    /// It has been taken back.
    case revoked
    /// Its person is banned from the whole server.
    case banned
    /// The keys that would tell cannot be had at present.
    case unavailable
    /// It names a key that we do not know, and its issuer is worth asking: see ``TokenVerifier/fetchKeys(issuer:)``.
    case awaitsKeys(issuer: Int)
}
