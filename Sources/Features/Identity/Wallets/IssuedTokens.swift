public import Bytes

/// What a person gets who has signed in.
public struct IssuedTokens: Sendable {
    /// What requests and sessions carry.
    public let accessToken: String
    /// What gets the next ones; nil where the issuer has none.
    public let refreshToken: String?
    /// When the access token runs out.
    public let expiresAt: Timestamp

    /// Tokens.
    public init(accessToken: String, refreshToken: String?, expiresAt: Timestamp) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.expiresAt = expiresAt
    }
}
