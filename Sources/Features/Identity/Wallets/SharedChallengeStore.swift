public import Bytes
public import PubSub

/// Challenges that any of several processes may issue and any other may check.
///
/// How many one client and all may have open is counted by each process of its own. Where the processes cannot reach each
/// other nobody signs in with a wallet: a challenge could be used twice.
public struct SharedChallengeStore: ChallengeStore {
    private let own: MemoryChallengeStore
    private let slots: any SharedSlots

    /// A store over slots that the processes share.
    public init(_ own: MemoryChallengeStore, _ slots: any SharedSlots) {
        self.own = own
        self.slots = slots
    }

    private func name(_ nonce: String) -> String { "challenge:\(nonce)" }

    /// Keeps a challenge until it is over.
    ///
    /// - Throws: ``WalletError/tooManyChallenges(ofClient:retryAfter:)``.
    public func add(_ challenge: WalletChallenge, now: Timestamp) async throws(WalletError) {
        try await own.add(challenge, now: now)
        let rest = challenge.expiresAt.milliseconds - now.milliseconds
        guard await slots.put(name(challenge.nonce), challenge.encoded, milliseconds: rest) else {
            _ = await own.take(challenge.nonce, now: now)
            throw .tooManyChallenges(ofClient: false, retryAfter: 1000)
        }
    }

    /// The challenge with a nonce, whichever process has issued it.
    ///
    /// - Throws: ``WalletError/away``.
    public func challenge(_ nonce: String, now: Timestamp) async throws(WalletError) -> WalletChallenge? {
        let finding = await slots.value(name(nonce))
        guard finding != .away else { throw .away }
        guard let bytes = finding.value, let challenge = WalletChallenge(encoded: bytes),
            challenge.expiresAt > now
        else { return nil }
        return challenge
    }

    /// Uses a challenge up: of all who try at all processes, one hears true.
    public func take(_ nonce: String, now: Timestamp) async -> Bool {
        _ = await own.take(nonce, now: now)
        return await slots.take(name(nonce))
    }
}
