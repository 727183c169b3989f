/// What a wallet's signature is to do; one that was given for one purpose does not serve another.
public enum WalletPurpose: String, CaseIterable, Sendable {
    /// To come in as the wallet's person.
    case signIn = "sign_in"
    /// To make the wallet one of a person who is signed in.
    case link
    /// To take a wallet from a person who is signed in.
    case unlink
}
