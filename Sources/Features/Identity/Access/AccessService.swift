public import Bytes
public import Storage
import Synchronization

/// Revokes tokens and bans people: first for good in the store, then in memory, then for those who are connected.
public final class AccessService: Sendable {
    /// Who may not come in, for verifiers.
    public let list = AccessList()
    /// Rings behind each change.
    public let changes = ChangeBell()
    private let repository: AccessRepository
    let wider: WiderBanRepository
    private let listener = Mutex<(@Sendable (Denial) -> Void)?>(nil)

    /// The service over a store.
    public init(_ repository: AccessRepository, _ wider: WiderBanRepository) {
        self.repository = repository
        self.wider = wider
    }

    /// Reads what the store holds; before anybody is let in.
    public func load() async throws(StorageError) {
        let state = try await repository.state()
        list.load(state, try await wider.wallets(), try await wider.networks())
    }

    /// Calls `close` for whatever keeps somebody out from now on, so that live connections end.
    public func onDenial(_ close: @escaping @Sendable (Denial) -> Void) {
        listener.withLock { $0 = close }
    }

    /// Tells who keeps connections that some of them are to end.
    func announce(_ denial: Denial) { listener.withLock { $0 }?(denial) }

    // MARK: Revoking

    /// Takes back one token; who is connected with it is closed.
    ///
    /// - Parameter token: It is kept until it would have run out, the leeway included.
    public func revoke(_ token: RevokedToken) async throws(StorageError) {
        let end = Timestamp(milliseconds: token.expiresAt.milliseconds + TokenVerifier.leeway)
        let kept = RevokedToken(issuer: token.issuer, tokenID: token.tokenID, expiresAt: end)
        try await repository.revoke(kept)
        list.revoke(kept, now: .now())
        announce(.token(issuer: token.issuer, id: token.tokenID))
        changes.ring()
    }

    /// Takes back all tokens that a person has been given until now.
    public func revoke(_ person: PersonKey, before: Timestamp = .now()) async throws(StorageError) {
        try await repository.revoke(person, before: before)
        list.revoke(person, before: before)
        announce(.tokens(of: person, before: before))
        changes.ring()
    }

    // MARK: Bans

    /// Bans a person from the whole server.
    public func ban(_ ban: ServerBan) async throws(StorageError) {
        try await repository.ban(ban)
        list.ban(ban.person, until: ban.until)
        announce(.person(ban.person))
        changes.ring()
    }

    /// Lifts a ban.
    ///
    /// - Throws: ``StorageError/notFound(_:)`` where there is none.
    public func unban(_ person: PersonKey) async throws(StorageError) {
        try await repository.unban(person)
        list.unban(person)
        changes.ring()
    }

    /// The bans that hold.
    public func bans() async throws(StorageError) -> [ServerBan] { try await repository.bans() }
}
