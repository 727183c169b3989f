import Bytes
import Storage
import Synchronization

/// Who may not come in, in memory: asked for every token that is otherwise good.
public final class AccessList: Sendable {
    private struct TokenKey: Hashable {
        let issuer: String
        let id: String
    }

    private struct State {
        var tokens: [TokenKey: Timestamp] = [:]
        var people: [PersonKey: Timestamp] = [:]
        var bans: [PersonKey: Timestamp?] = [:]
        var wider = Wider()
    }

    private let state = Mutex(State())
    // Most servers keep nobody out: then a token costs no lock and no lookup.
    private let isEmpty = Atomic(true)

    /// A list of nobody.
    public init() {}

    /// Why the person of a good token may not come in; nil where they may.
    func refusal(of principal: Principal, now: Timestamp) -> TokenError? {
        guard !isEmpty.load(ordering: .acquiring) else { return nil }
        return state.withLock { state in
            if let until = state.bans[principal.key], until.map({ $0 > now }) ?? true { return .banned }
            if state.wider.keepsOut(principal.key, now) { return .banned }
            if let before = state.people[principal.key], principal.issuedAt.map({ $0 < before }) ?? true {
                return .revoked
            }
            guard let id = principal.tokenID else { return nil }
            return state.tokens[TokenKey(issuer: principal.issuer, id: id)] == nil ? nil : .revoked
        }
    }

    /// Whether a person is banned from the server.
    func isBanned(_ person: PersonKey, now: Timestamp) -> Bool {
        guard !isEmpty.load(ordering: .acquiring) else { return false }
        return state.withLock { state in
            if state.wider.keepsOut(person, now) { return true }
            guard let until = state.bans[person] else { return false }
            return until.map { $0 > now } ?? true
        }
    }

    /// Whether a wallet is banned from the server.
    func isBanned(_ wallet: WalletKey, now: Timestamp) -> Bool {
        guard !isEmpty.load(ordering: .acquiring) else { return false }
        return state.withLock { state in
            guard let ban = state.wider.wallets[wallet] else { return false }
            return ban.terms.until.map { $0 > now } ?? true
        }
    }

    /// The networks that nobody comes in from, as they are now: for loops, which keep them.
    public var networks: NetworkBans { state.withLock { NetworkBans($0.wider.networks) } }

    // MARK: Changes

    /// Takes what the store holds in place of what was known.
    func load(_ loaded: AccessState, _ wallets: [WalletBan], _ networks: [NetworkBan]) {
        change { state in
            state = State()
            for token in loaded.tokens {
                state.tokens[TokenKey(issuer: token.issuer, id: token.tokenID)] = token.expiresAt
            }
            for (person, before) in loaded.people { state.people[person] = before }
            for ban in loaded.bans { state.bans[ban.person] = .some(ban.until) }
            for ban in wallets { state.wider.set(ban, for: ban.wallet) }
            for ban in networks {
                guard let range = AddressRange(ban.network) else { continue }
                state.wider.networks[range] = .some(ban.terms.until)
            }
        }
    }

    func revoke(_ token: RevokedToken, now: Timestamp) {
        change { state in
            state.tokens = state.tokens.filter { $0.value > now }
            state.tokens[TokenKey(issuer: token.issuer, id: token.tokenID)] = token.expiresAt
        }
    }

    func revoke(_ person: PersonKey, before: Timestamp) { change { $0.people[person] = before } }

    func ban(_ person: PersonKey, until: Timestamp?) { change { $0.bans[person] = .some(until) } }

    func unban(_ person: PersonKey) { change { $0.bans[person] = nil } }

    func ban(_ ban: WalletBan) { change { $0.wider.set(ban, for: ban.wallet) } }

    func unban(_ wallet: WalletKey) { change { $0.wider.set(nil, for: wallet) } }

    func ban(_ network: AddressRange, until: Timestamp?) {
        change { $0.wider.networks[network] = .some(until) }
    }

    func unban(_ network: AddressRange) { change { $0.wider.networks[network] = nil } }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            let hasNobody =
                state.tokens.isEmpty && state.people.isEmpty && state.bans.isEmpty
                && state.wider.isEmpty
            isEmpty.store(hasNobody, ordering: .releasing)
        }
    }
}
