import HTTP
import Identity
import Outbound

extension Assembly {
    /// Who verifies tokens; the server's own are signed with keys from the same secrets.
    ///
    /// - Parameters:
    ///   - access: Who may not come in.
    ///   - client: Fetches published keys.
    func verifier(secrets: [[UInt8]], access: AccessList, client: HTTPClient) -> TokenVerifier {
        let own = secrets.map { OwnTokens.verificationKey(from: $0) }
        let issuers =
            IssuerSettings(configuration, secrets: secrets).issuers
            + [Issuer(.ourselves, issuer: OwnTokens.issuer, keys: own)]
        var fetching = KeyFetchSettings()
        fetching.refreshMilliseconds = configuration.integer("jwt.jwks_refresh_ms")
        fetching.coolDownMilliseconds = configuration.integer("jwt.jwks_cooldown_ms")
        fetching.maxAgeMilliseconds = configuration.integer("jwt.jwks_max_age_ms")
        let timeout = Duration.milliseconds(configuration.integer("jwt.jwks_timeout_ms"))
        let limit = configuration.int("jwt.jwks_bytes")
        return TokenVerifier(
            issuers: issuers, access: access, cacheLimit: configuration.int("jwt.cache"), fetching: fetching
        ) {
            await Assembly.fetchKeys($0, client, timeout: timeout, limit: limit)
        }
    }

    private static func fetchKeys(
        _ url: String, _ client: HTTPClient, timeout: Duration, limit: Int
    ) async -> Result<FetchedKeys, KeyFetchError> {
        var request = HTTPClientRequest(.get, url)
        request.headers.set("accept", "application/jwk-set+json, application/json")
        request.timeout = timeout
        request.connectTimeout = timeout
        request.bodyLimit = limit
        do throws(HTTPClientError) {
            let answer = try await client.send(request)
            guard answer.status == 200 else {
                return .failure(KeyFetchError("the address answers with status \(answer.status)"))
            }
            let age = answer.headers["cache-control"].flatMap(Assembly.maxAge)
            return .success(FetchedKeys(body: answer.body, maxAgeMilliseconds: age))
        } catch {
            return .failure(KeyFetchError("\(error)"))
        }
    }

    /// How long an answer may be kept by its `Cache-Control` (RFC 9111 §5.2.2), in milliseconds.
    private static func maxAge(_ field: String) -> Int64? {
        var age: Int64?
        for part in field.lowercased().split(separator: ",") {
            let word = part.filter { $0 != " " && $0 != "\"" }
            if word == "no-store" || word == "no-cache" { return 0 }
            guard word.hasPrefix("max-age="), let seconds = Int64(word.dropFirst(8)), seconds >= 0 else {
                continue
            }
            age = min(seconds, 31_536_000) * 1000
        }
        return age
    }
}
