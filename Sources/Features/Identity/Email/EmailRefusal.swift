public import Storage

/// Why signing in by e-mail does not go on.
public enum EmailRefusal: Error, Hashable, Sendable {
    /// This is no address that mails are sent to.
    case address
    /// The code is not this address's: wrong, used, replaced or over.
    case code
    /// Too many codes were asked for or tried; it is worth trying again after so many milliseconds.
    case tooOften(retryAfter: Int64)
    /// Too many mails wait to go out.
    case full
    /// The code is good, but its person gets no tokens.
    case noTokens(SignInService.Refusal)
    /// The store failed.
    case store(StorageError)
}
