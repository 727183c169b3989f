public import Bytes
public import Storage

/// Access tokens alone, signed with the server's secret; who needs another one signs in again.
public struct AccessTokenIssuer: TokenIssuing {
    /// How long a token lasts, in milliseconds: 15 minutes.
    public static let lifetimeMilliseconds: Int64 = 900_000

    private let signer: TokenSigner

    /// An issuer that signs with this.
    public init(signer: TokenSigner) { self.signer = signer }

    /// Gives a token to a person.
    public func issue(
        to user: String, name: String, now: Timestamp
    ) async throws(StorageError) -> IssuedTokens {
        let expiry = Timestamp(milliseconds: now.milliseconds + AccessTokenIssuer.lifetimeMilliseconds)
        let token = signer.sign(TokenSigner.Grant(user: user, name: name, expiresAt: expiry))
        return IssuedTokens(accessToken: token, refreshToken: nil, expiresAt: expiry)
    }
}
