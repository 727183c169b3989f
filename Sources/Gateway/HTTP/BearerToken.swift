import ClientProtocol
import HTTP
import Identity

/// The token of a request (RFC 6750 §2.1). Never from the query string, where logs and histories would keep it.
enum BearerToken {
    /// The person of a request; nil where it carries no token.
    static func principal(
        _ headers: HTTPHeaders, _ verifier: TokenVerifier
    ) throws(ClientError) -> Principal? {
        let fields = headers.values("authorization")
        guard let field = fields.first else { return nil }
        let parts = field.split(separator: " ", maxSplits: 1)
        guard fields.count == 1, parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw ClientError(.tokenInvalid, "The authorization is not a bearer token.")
        }
        return try verify(String(parts[1]), verifier)
    }

    /// Verifies a token, with its failures as a client sees them.
    static func verify(_ token: String, _ verifier: TokenVerifier) throws(ClientError) -> Principal {
        do throws(TokenError) {
            return try verifier.verify(token)
        } catch {
            switch error {
            case .expired: throw ClientError(.tokenExpired, "The token has expired.")
            case .invalid: throw ClientError(.tokenInvalid, "The token is not accepted.")
            }
        }
    }
}
