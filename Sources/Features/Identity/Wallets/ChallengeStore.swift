public import Bytes

/// Where challenges wait for their answers.
///
/// One process keeps them in its memory; several that answer for each other need a shared one.
public protocol ChallengeStore: Sendable {
    /// Keeps a challenge until it is over.
    ///
    /// - Throws: ``WalletError/tooManyChallenges(ofClient:retryAfter:)``.
    func add(_ challenge: WalletChallenge, now: Timestamp) async throws(WalletError)

    /// The challenge with a nonce, which stays; nil where there is none that holds.
    ///
    /// - Throws: ``WalletError/away``.
    func challenge(_ nonce: String, now: Timestamp) async throws(WalletError) -> WalletChallenge?

    /// Uses a challenge up: of all who try, one hears true.
    func take(_ nonce: String, now: Timestamp) async -> Bool
}
