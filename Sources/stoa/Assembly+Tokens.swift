import HTTP
import Identity
import Outbound
import Storage

extension Assembly {
    /// The secrets that keys of the server's own tokens come from: those configured, or one that it makes itself.
    func ownSecrets(_ secrets: [[UInt8]]) throws -> [[UInt8]] {
        guard secrets.isEmpty else { return secrets }
        return [try DevSecret.load(directory: configuration.text("data_dir"), file: "own-secret")]
    }

    /// Who signs people in at this server.
    func signIns(
        _ database: any Database, _ access: AccessService, ownSecrets: [[UInt8]]
    ) -> SignInService {
        var lifetimes = SignInService.Lifetimes()
        lifetimes.access = configuration.integer("auth.access_ms")
        lifetimes.refresh = configuration.integer("auth.refresh_ms")
        return SignInService(
            SignInRepository(database: database), access: access,
            signer: TokenSigner(ownFrom: ownSecrets[0]), lifetimes: lifetimes)
    }

    /// Who verifies tokens; the server's own are signed with keys from the same secrets.
    ///
    /// - Parameters:
    ///   - secrets: The secrets of HS256.
    ///   - ownSecrets: What the keys of the server's own come from.
    ///   - access: Who may not come in.
    ///   - serviceKeys: Keys that are taken where a token is.
    ///   - client: Fetches published keys.
    func verifier(
        secrets: [[UInt8]], ownSecrets: [[UInt8]], access: AccessList, serviceKeys: ServiceKeyTable,
        client: HTTPClient
    ) -> TokenVerifier {
        let own = ownSecrets.map { OwnTokens.verificationKey(from: $0) }
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
            issuers: issuers, access: access, serviceKeys: serviceKeys,
            cacheLimit: configuration.int("jwt.cache"),
            fetching: fetching
        ) {
            await Assembly.fetchKeys($0, client, timeout: timeout, limit: limit)
        }
    }

    private static func fetchKeys(
        _ url: String, _ client: HTTPClient, timeout: Duration, limit: Int
    ) async -> Result<FetchedKeys, KeyFetchError> {
        var request = HTTPClientRequest(.get, url)
        request.headers.set("accept", "application/jwk-set+json, application/json")
        request.limit(to: timeout, bytes: limit)
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
