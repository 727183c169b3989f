public import Bytes
import Synchronization

/// Verifies JSON Web Tokens (RFC 7519) by the keys of the issuers that are configured.
///
/// The algorithm belongs to the key, never to the token: a header only says which of the keys to try. Base64url and JSON
/// are read strictly: no padding, no stray bits, no duplicate members. Nothing that a token says makes the server call
/// an address that is not configured.
public final class TokenVerifier: Sendable {
    /// Who hears of keys that are gone.
    private final class Withdrawal: Sendable {
        let listener = Mutex<(@Sendable () -> Void)?>(nil)
    }

    /// A secret's least length in bytes: HS256 keys are no shorter than the hash (RFC 7518 §3.2).
    public static let secretMinimum = 32
    /// How far clocks may differ, in milliseconds.
    public static let leeway: Int64 = 30_000
    /// A token's greatest length in bytes.
    public static let tokenBytes = 8192

    private let ring: KeyRing
    private let access: AccessList
    private let serviceKeys: ServiceKeyTable
    private let keepers: [Int: KeyKeeper]
    private let withdrawal: Withdrawal

    /// A verifier for the tokens of some issuers.
    ///
    /// - Parameters:
    ///   - issuers: No two with the same `iss`.
    ///   - access: Who may not come in.
    ///   - serviceKeys: Keys that are taken where a token is.
    ///   - cacheLimit: How many verified tokens are remembered.
    ///   - fetching: How often their published keys are asked for.
    ///   - fetch: Asks for them.
    public init(
        issuers: [Issuer], access: AccessList = AccessList(),
        serviceKeys: ServiceKeyTable = ServiceKeyTable(), cacheLimit: Int = 10_000,
        fetching: KeyFetchSettings = KeyFetchSettings(),
        fetch: @escaping KeyFetch = { _ in .failure(KeyFetchError("nothing is fetched here")) }
    ) {
        let entries = issuers.map { KeySnapshot.Entry($0, fetched: nil) }
        let ring = KeyRing(KeySnapshot(entries, cacheLimit: cacheLimit))
        self.ring = ring
        self.access = access
        self.serviceKeys = serviceKeys
        let withdrawal = Withdrawal()
        self.withdrawal = withdrawal
        var keepers: [Int: KeyKeeper] = [:]
        for (index, issuer) in issuers.enumerated() {
            guard let url = issuer.keysURL else { continue }
            keepers[index] = KeyKeeper(
                url: url, name: issuer.name, settings: fetching, fetch: fetch,
                publish: { keys in
                    guard ring.replace(keys, of: index) else { return }
                    withdrawal.listener.withLock { $0 }?()
                })
        }
        self.keepers = keepers
    }

    /// A verifier for tokens of the site's and of our own, with several secrets at once, for rotation.
    public convenience init(secrets: [[UInt8]]) {
        let own = secrets.map { OwnTokens.verificationKey(from: $0) }
        self.init(issuers: [
            Issuer(.main, keys: secrets.map { VerificationKey(secret: $0) }),
            Issuer(.ourselves, issuer: OwnTokens.issuer, keys: own),
        ])
    }

    // MARK: Verifying

    /// Verifies a token and reads its claims.
    ///
    /// - Parameter mayWait: Whether the caller can wait for keys: then a token of a key that we do not know throws
    ///   ``TokenError/awaitsKeys(issuer:)`` where its issuer is worth asking.
    /// - Throws: ``TokenError``.
    public func verify(
        _ token: Span<UInt8>, now: Timestamp = .now(), mayWait: Bool = false
    ) throws(TokenError) -> Principal {
        let principal = try read(token, now: now, mayWait: mayWait)
        // Last, and for remembered tokens too: it changes at any time.
        try checkAccess(principal, now)
        return principal
    }

    /// Refuses who has been kept out since their token was verified.
    ///
    /// - Throws: ``TokenError/revoked``, also where the key that signed is gone, or ``TokenError/banned``; of service keys
    ///   also ``TokenError/expired``.
    public func check(_ principal: Principal, now: Timestamp = .now()) throws(TokenError) {
        if isWithdrawn(principal) { throw .revoked }
        try checkAccess(principal, now)
    }

    private func checkAccess(_ principal: Principal, _ now: Timestamp) throws(TokenError) {
        if let refusal = serviceKeys.refusal(of: principal, now: now) { throw refusal }
        if let refusal = access.refusal(of: principal, now: now) { throw refusal }
    }

    private func read(
        _ token: Span<UInt8>, now: Timestamp, mayWait: Bool
    ) throws(TokenError) -> Principal {
        guard token.count <= TokenVerifier.tokenBytes else { throw .invalid }
        if ServiceKeyText.isMeant(token) { return try serviceKeys.verify(token, now: now) }
        let snapshot = ring.snapshot
        let key = TokenCache.Key(token)
        if let known = snapshot.cache.find(key, now: now) { return known }
        let parts = try TokenParts(token)
        let header = try TokenHeader(parts.header)
        let claims = try TokenClaims(parts.claims)
        guard let index = snapshot.index(issuer: claims.issuer) else { throw .invalid }
        let entry = snapshot.entries[index]
        let signed = token.extracting(0..<parts.signedCount)
        guard let signer = entry.signer(header, parts.signature.span, of: signed) else {
            throw unknown(header, entry, index, mayWait)
        }
        let principal = try claims.principal(
            entry.issuer, signedBy: signer.mark, namespaces: snapshot.namespaces, now: now)
        snapshot.cache.keep(key, principal)
        return principal
    }

    /// Verifies a token given as text.
    ///
    /// - Throws: ``TokenError``.
    public func verify(
        _ token: String, now: Timestamp = .now(), mayWait: Bool = false
    ) throws(TokenError) -> Principal {
        try verify(token.utf8Span.span, now: now, mayWait: mayWait)
    }

    /// Why a token is refused that none of an issuer's keys has signed.
    private func unknown(
        _ header: TokenHeader, _ entry: KeySnapshot.Entry, _ index: Int, _ mayWait: Bool
    ) -> TokenError {
        // Secrets are never published, and a key that we know has just refused it.
        guard let keeper = keepers[index], header.algorithm != .hs256 else { return .invalid }
        let isKnown = header.keyID.map { entry.knows($0) } ?? !entry.isWaiting
        guard !isKnown else { return .invalid }
        if mayWait, keeper.isWorthAsking { return .awaitsKeys(issuer: index) }
        return entry.isWaiting ? .unavailable : .invalid
    }

    // MARK: Keys

    /// Whether the published key that signed somebody's token is published no more.
    public func isWithdrawn(_ principal: Principal) -> Bool {
        principal.signedBy.map { ring.snapshot.isWithdrawn($0, of: principal.issuer) } ?? false
    }

    /// Calls `listener` whenever published keys are gone, so that who is connected by them is found.
    public func onWithdrawal(_ listener: @escaping @Sendable () -> Void) {
        withdrawal.listener.withLock { $0 = listener }
    }

    /// Asks an issuer for its keys, no more often than the cool-down allows, and waits for the answer.
    public func fetchKeys(issuer: Int) async { await keepers[issuer]?.ask() }

    /// Fetches all published keys once, and from then on goes on fetching them.
    public func start() async {
        await withTaskGroup(of: Void.self) { group in
            for keeper in keepers.values { group.addTask { await keeper.start() } }
        }
    }

    /// Fetches no more.
    public func stop() { for keeper in keepers.values { keeper.stop() } }
}
