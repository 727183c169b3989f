public import Storage

/// Why a wallet's person did not get what they wanted.
public enum WalletRefusal: Error, Hashable, Sendable {
    /// The proof is not good.
    case proof(WalletError)
    /// The wallet is another person's.
    case taken
    /// The person has as many wallets as they may have.
    case tooMany
    /// The wallet is not this person's.
    case notTheirs
    /// The person could not come back without it.
    case last
    /// The wallet is somebody's who signs in with another site's tokens: that site says when they may.
    case elsewhere
    /// The person has signed in too often; they may again after so many milliseconds.
    case tooOften(RateExcess)
    /// The proof is good, but its person gets no tokens: they are banned, or the store failed.
    case noTokens(SignInService.Refusal)
    /// The store failed.
    case store(StorageError)
}
