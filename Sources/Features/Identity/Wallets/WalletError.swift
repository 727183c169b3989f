/// Why a wallet does not sign anybody in; each case is one answer to the client.
public enum WalletError: Error, Hashable, Sendable {
    /// The text is no address of this ledger.
    case address
    /// The key is missing, in no form that the ledger has, or not that of the address.
    case key
    /// The signature is not that of the wallet over these bytes.
    case signature
    /// The signed bytes are in none of the forms that wallets use for messages.
    case envelope
    /// The signed text is no sign-in message.
    case text
    /// The signed text differs from the challenge in this field.
    case mismatch(SignInMessage.Field)
    /// No such challenge: never issued, over, or used already.
    case challenge
    /// Whether there is such a challenge cannot be told: the other processes cannot be reached.
    case away
    /// The request's page is not of the origins that may sign people in, or not the one that asked for the challenge.
    case origin
    /// The challenge was asked for another purpose, or by another person.
    case purpose
    /// Too many challenges wait, those of this client or all; there is room again after so many milliseconds.
    case tooManyChallenges(ofClient: Bool, retryAfter: Int64)
}
