public import Bytes
import Cryptography
import JSON
public import Storage

/// Signs people in at this server: short access tokens, and refresh tokens that are good once.
///
/// A refresh token that comes a second time was stolen, or its thief was faster: then nobody goes on with it.
public final class SignInService: Sendable {
    /// How long tokens last, in milliseconds.
    public struct Lifetimes: Sendable {
        /// An access token's.
        public var access: Int64 = 900_000
        /// A refresh token's; each use begins it anew.
        public var refresh: Int64 = 604_800_000

        /// The usual ones.
        public init() {}
    }

    /// The tokens that somebody is handed.
    public struct Issued: Sendable {
        /// For requests.
        public let accessToken: String
        /// For the next tokens.
        public let refreshToken: String
        /// When the access token runs out.
        public let expiresAt: Timestamp
        /// Whose they are.
        public let signIn: SignInRecord
    }

    /// Why there are no new tokens.
    public enum Refusal: Error, Hashable, Sendable {
        /// The token is not good: ``TokenError/invalid``, expired, revoked or its person banned.
        case token(TokenError)
        /// The store failed.
        case store(StorageError)
    }

    /// What a sign-in's tokens allow.
    public struct Grants: Sendable {
        /// Topics that may be subscribed.
        public var subscribe: [String] = []
        /// Topics that may be published to.
        public var publish: [String] = []

        /// Nothing.
        public init() {}
    }

    let repository: SignInRepository
    private let access: AccessService
    private let signer: TokenSigner
    private let lifetimes: Lifetimes

    /// The service over a store.
    ///
    /// - Parameter signer: Signs as the server itself.
    public init(
        _ repository: SignInRepository, access: AccessService, signer: TokenSigner,
        lifetimes: Lifetimes = Lifetimes()
    ) {
        self.repository = repository
        self.access = access
        self.signer = signer
        self.lifetimes = lifetimes
    }

    // MARK: Signing in

    /// Signs a person in who is not banned from the server.
    ///
    /// - Throws: ``Refusal``.
    public func begin(
        _ person: PersonKey, name: String, grants: Grants = Grants(), now: Timestamp = .now()
    ) async throws(Refusal) -> Issued {
        guard !access.list.isBanned(person, now: now) else { throw .token(.banned) }
        let signIn = SignInRecord(
            id: Identifier.uuid(), person: person, name: name, grants: SignInService.text(grants), at: now)
        let token = SignInService.newToken()
        let end = Timestamp(milliseconds: now.milliseconds + lifetimes.refresh)
        do throws(StorageError) {
            try await repository.begin(signIn, hash: SignInService.hash(token), expiresAt: end)
        } catch {
            throw .store(error)
        }
        return issued(signIn, token, now)
    }

    /// Whether a wallet is banned from the server.
    func isBanned(_ wallet: WalletKey, now: Timestamp) -> Bool { access.list.isBanned(wallet, now: now) }

    /// Hands out the next tokens for a refresh token.
    ///
    /// - Throws: ``Refusal``. A token that was used before also ends its whole family, live connections included.
    public func refresh(_ token: String, now: Timestamp = .now()) async throws(Refusal) -> Issued {
        let next = SignInService.newToken()
        let end = Timestamp(milliseconds: now.milliseconds + lifetimes.refresh)
        let outcome: RefreshOutcome
        do throws(StorageError) {
            outcome = try await repository.refresh(
                SignInService.hash(token), next: SignInService.hash(next), expiresAt: end, now: now)
            if case .reused(let signIn) = outcome { try await close(signIn.id, now) }
        } catch {
            throw .store(error)
        }
        switch outcome {
        case .renewed(let signIn):
            let person = principal(signIn, now)
            if let refusal = access.list.refusal(of: person, now: now) { throw .token(refusal) }
            return issued(signIn, next, now)
        case .reused, .ended: throw .token(.revoked)
        case .expired: throw .token(.expired)
        case .unknown: throw .token(.invalid)
        }
    }

    // MARK: Signing out

    /// Ends the sign-in of an access token of ours, or takes back another issuer's token by its `jti`.
    ///
    /// - Returns: Whether the token says enough for that.
    public func end(_ principal: Principal, now: Timestamp = .now()) async throws(StorageError) -> Bool {
        guard let id = principal.tokenID else { return false }
        guard principal.issuer != OwnTokens.issuer else {
            try await repository.end(id, now: now)
            try await close(id, now)
            return true
        }
        try await access.revoke(
            RevokedToken(issuer: principal.issuer, tokenID: id, expiresAt: principal.expiresAt))
        return true
    }

    /// Ends the sign-in of a refresh token; one that is none of ours ends nothing.
    public func end(refreshToken: String, now: Timestamp = .now()) async throws(StorageError) {
        let found = try await repository.signIn(hash: SignInService.hash(refreshToken))
        guard let found else { return }
        try await repository.end(found.id, now: now)
        try await close(found.id, now)
    }

    /// Ends all sign-ins of a person, and takes back all tokens that they have, whoever signed them.
    public func endAll(of person: PersonKey, now: Timestamp = .now()) async throws(StorageError) {
        try await repository.endAll(of: person, now: now)
        try await access.revoke(person, before: now)
    }

    /// Takes back the access tokens of a sign-in: the last one runs out within their lifetime.
    private func close(_ id: String, _ now: Timestamp) async throws(StorageError) {
        let end = Timestamp(milliseconds: now.milliseconds + lifetimes.access)
        try await access.revoke(RevokedToken(issuer: OwnTokens.issuer, tokenID: id, expiresAt: end))
    }

    // MARK: Tokens

    private func issued(_ signIn: SignInRecord, _ refreshToken: String, _ now: Timestamp) -> Issued {
        let end = Timestamp(milliseconds: now.milliseconds + lifetimes.access)
        return Issued(
            accessToken: accessToken(signIn, now, until: end), refreshToken: refreshToken, expiresAt: end,
            signIn: signIn)
    }

    /// An access token of a sign-in.
    func accessToken(_ signIn: SignInRecord, _ now: Timestamp, until end: Timestamp) -> String {
        var grant = TokenSigner.Grant(user: signIn.person.user, name: signIn.name, expiresAt: end)
        let grants = SignInService.grants(signIn.grants)
        grant.issuedAt = now
        grant.signIn = signIn.id
        grant.tenant = signIn.person.tenant
        grant.subscribe = grants.subscribe
        grant.publish = grants.publish
        return signer.sign(grant)
    }

    /// Who a refresh token speaks for, as of when they signed in.
    private func principal(_ signIn: SignInRecord, _ now: Timestamp) -> Principal {
        Principal(
            user: signIn.person.user, name: signIn.name, tenant: signIn.person.tenant, expiresAt: now,
            issuer: OwnTokens.issuer, tokenID: signIn.id, issuedAt: signIn.at)
    }

    private static func newToken() -> String { "r_" + Base64.encodeURL(RandomBytes.make(32).span) }

    private static func hash(_ token: String) -> String {
        Hex.encode(Digest.sha256(token.utf8Span.span).span)
    }

    private static func text(_ grants: Grants) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.list("subscribe", grants.subscribe)
        writer.list("publish", grants.publish)
        writer.endObject()
        return writer.text()
    }

    private static func grants(_ text: String) -> Grants {
        var grants = Grants()
        let value = try? JSONValue(parsing: text)
        grants.subscribe = value?["subscribe"]?.array?.compactMap(\.string) ?? []
        grants.publish = value?["publish"]?.array?.compactMap(\.string) ?? []
        return grants
    }
}
