import Bytes
import Storage
import Synchronization

/// All service keys in memory: a request by one costs a hash and a look, never a read of the store.
public final class ServiceKeyTable: Sendable {
    private struct State {
        var keys: [PersonKey: ServiceKeyRecord] = [:]
        var scopes: [PersonKey: KeyScopes] = [:]
        var owners: [String: PersonKey] = [:]
        /// Uses that the store has not been told.
        var uses: [PersonKey: Timestamp] = [:]
    }

    /// The issuer in the principals of keys; no configured one can have this name.
    static let issuer = "service_key"
    /// When those run out that never do: the last moment that four digits can write.
    private static let never = Timestamp(milliseconds: 253_402_300_799_000)
    private let state = Mutex(State())

    /// A table without keys.
    public init() {}

    // MARK: Who comes in

    /// Whom a key's text speaks for.
    ///
    /// - Throws: ``TokenError/invalid`` for what is no key of ours, also for one that was taken back: nothing is
    ///   remembered of those; ``TokenError/expired`` for one that ran out; ``TokenError/revoked`` for a text that another
    ///   has replaced.
    func verify(_ text: Span<UInt8>, now: Timestamp) throws(TokenError) -> Principal {
        guard ServiceKeyText.isWhole(text) else { throw .invalid }
        let hash = ServiceKeyText.hash(text)
        let found = state.withLock { state -> Result<Principal, TokenError> in
            guard let person = state.owners[hash], let key = state.keys[person],
                let secret = key.secrets.first(where: { $0.hash == hash }), let scopes = state.scopes[person]
            else { return .failure(.invalid) }
            if let refusal = ServiceKeyTable.refusal(key, secret, now) { return .failure(refusal) }
            let end = min(secret.endsAt ?? ServiceKeyTable.never, key.expiresAt ?? ServiceKeyTable.never)
            state.uses[person] = now
            state.keys[person]?.usedAt = now
            return .success(ServiceKeyTable.principal(key, secret, scopes, end))
        }
        return try found.get()
    }

    private static func principal(
        _ key: ServiceKeyRecord, _ secret: ServiceKeyRecord.Secret, _ scopes: KeyScopes, _ end: Timestamp
    ) -> Principal {
        Principal(
            user: key.person.user, name: key.name, tenant: key.person.tenant, isBot: true,
            isOperator: scopes.allows(.admin), expiresAt: end, subscribeGrants: scopes.subscribeGrants,
            publishGrants: scopes.publishGrants, issuer: issuer, tokenID: secret.hash,
            issuedAt: secret.madeAt, scopes: scopes)
    }

    /// Why a principal that was verified before may not go on; nil where they may, or are no key's.
    func refusal(of principal: Principal, now: Timestamp) -> TokenError? {
        guard principal.scopes != nil, let hash = principal.tokenID else { return nil }
        return state.withLock { state in
            guard let person = state.owners[hash], let key = state.keys[person],
                let secret = key.secrets.first(where: { $0.hash == hash })
            else { return .revoked }
            return ServiceKeyTable.refusal(key, secret, now)
        }
    }

    private static func refusal(
        _ key: ServiceKeyRecord, _ secret: ServiceKeyRecord.Secret, _ now: Timestamp
    ) -> TokenError? {
        if let end = secret.endsAt, end <= now { return .revoked }
        return key.expiresAt.map { $0 > now } ?? true ? nil : .expired
    }

    // MARK: Keys

    /// All keys, the oldest first.
    var all: [ServiceKeyRecord] {
        state.withLock { $0.keys.values.sorted { ($0.madeAt, $0.person.user) < ($1.madeAt, $1.person.user) } }
    }

    /// The key of an id, whosever data it belongs to: ids are unique.
    func find(_ id: String) -> ServiceKeyRecord? {
        state.withLock { $0.keys.values.first { $0.person.user == id } }
    }

    /// How many texts are good for a key at a moment.
    func textCount(of person: PersonKey, now: Timestamp) -> Int {
        state.withLock { state in
            state.keys[person]?.secrets.count { $0.endsAt.map { $0 > now } ?? true } ?? 0
        }
    }

    var count: Int { state.withLock { $0.keys.count } }

    /// Takes what the store holds in place of what was known; uses that it has not been told stay.
    func load(_ keys: [ServiceKeyRecord]) {
        state.withLock { state in
            let uses = state.uses
            state = State()
            state.uses = uses
            for key in keys { ServiceKeyTable.keep(key, &state) }
        }
    }

    /// Puts a new key in.
    func keep(_ key: ServiceKeyRecord) { state.withLock { ServiceKeyTable.keep(key, &$0) } }

    private static func keep(_ key: ServiceKeyRecord, _ state: inout State) {
        state.keys[key.person] = key
        state.scopes[key.person] = KeyScopes(stored: key.scopes)
        for secret in key.secrets { state.owners[secret.hash] = key.person }
    }

    /// Gives a key a further text, while those before it end at a moment, or earlier where they already would.
    ///
    /// - Returns: The key as it is now, or nil where it is gone.
    func add(
        _ secret: ServiceKeyRecord.Secret, to person: PersonKey, othersEndAt end: Timestamp
    ) -> ServiceKeyRecord? {
        state.withLock { state in
            guard var key = state.keys[person] else { return nil }
            // The rest are long over: none is good longer than a newer one.
            let rest = key.secrets.dropFirst(ServiceKeyRepository.textsKept - 1)
            for old in rest { state.owners[old.hash] = nil }
            key.secrets.removeLast(rest.count)
            for index in key.secrets.indices {
                key.secrets[index].endsAt = min(end, key.secrets[index].endsAt ?? end)
            }
            key.secrets.insert(secret, at: 0)
            state.keys[person] = key
            state.owners[secret.hash] = person
            return key
        }
    }

    func remove(_ person: PersonKey) {
        state.withLock { state in
            for secret in state.keys[person]?.secrets ?? [] { state.owners[secret.hash] = nil }
            state.keys[person] = nil
            state.scopes[person] = nil
            state.uses[person] = nil
        }
    }

    /// Takes the uses that the store has not been told.
    func takeUses() -> [PersonKey: Timestamp] {
        state.withLock { state in
            defer { state.uses = [:] }
            return state.uses
        }
    }

    /// Puts uses back that the store could not be told.
    func putBack(_ uses: [PersonKey: Timestamp]) {
        state.withLock { state in
            state.uses.merge(uses.filter { state.keys[$0.key] != nil }) { max($0, $1) }
        }
    }
}
