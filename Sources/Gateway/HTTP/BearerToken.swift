import ClientProtocol
import HTTP
import Identity

/// The token of a request (RFC 6750 §2.1). Never from the query string, where logs and histories would keep it.
enum BearerToken {
    /// Why a request with a token does not go on.
    enum Failure: Error {
        case refused(ClientError)
        /// It is looked at again when the keys of an issuer have been asked for.
        case awaitsKeys(issuer: Int)
    }

    /// The person of a request; nil where it carries no token.
    static func principal(
        _ headers: HTTPHeaders, _ verifier: TokenVerifier, mayWait: Bool
    ) throws(Failure) -> Principal? {
        guard headers["authorization"] != nil else { return nil }
        guard let token = text(headers) else {
            throw .refused(ClientError(.tokenInvalid, "The authorization is not a bearer token."))
        }
        return try verify(token, verifier, mayWait: mayWait)
    }

    /// The token that a request carries, as it stands there; nil where there is none.
    static func text(_ headers: HTTPHeaders) -> String? {
        let fields = headers.values("authorization")
        let parts = fields.first?.split(separator: " ", maxSplits: 1) ?? []
        guard fields.count == 1, parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// Verifies a token, with its failures as a client sees them.
    static func verify(
        _ token: String, _ verifier: TokenVerifier, mayWait: Bool
    ) throws(Failure) -> Principal {
        do throws(TokenError) {
            return try verifier.verify(token, mayWait: mayWait)
        } catch {
            if case .awaitsKeys(let issuer) = error { throw .awaitsKeys(issuer: issuer) }
            throw .refused(refusal(error))
        }
    }

    /// A failure in a client's words.
    static func refusal(_ error: TokenError, field: String? = nil) -> ClientError {
        switch error {
        case .expired: ClientError(.tokenExpired, "The token has expired.", field: field)
        case .invalid, .awaitsKeys: ClientError(.tokenInvalid, "The token is not accepted.", field: field)
        case .revoked: ClientError(.tokenRevoked, "The token has been taken back.", field: field)
        case .banned: ClientError(.banned, "You are banned from this server.", field: field)
        case .unavailable:
            ClientError(
                .unavailable, "The keys that verify this token cannot be had at present.", field: field,
                retryAfter: 5000)
        }
    }
}

extension ClientError {
    /// Nobody comes in from there.
    static let networkBanned = ClientError(.banned, "Your network is banned from this server.")
}
