public import Storage

/// Why signing in by e-mail does not go on.
public enum EmailRefusal: Error, Hashable, Sendable {
    /// This is no address that mails are sent to.
    case address
    /// The code is not this address's: wrong, used, replaced or over.
    case code
    /// Too many codes were asked for or tried.
    case tooOften(RateExcess)
    /// Too many mails wait to go out.
    case full
    /// The code is good, but its person gets no tokens.
    case noTokens(SignInService.Refusal)
    /// The code is good, but its address is another person's.
    case taken
    /// The person has as many addresses as they may have.
    case tooManyAddresses
    /// The person has no such address.
    case notTheirs
    /// The person could not come back without it.
    case last
    /// The person signs in with another site's tokens: that site says when they may.
    case elsewhere
    /// Nothing keeps the address from signing in.
    case notLocked
    /// The store failed.
    case store(StorageError)
}
