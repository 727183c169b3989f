/// A person whom a wallet has signed in.
public struct WalletPerson: Sendable {
    /// Their id.
    public let user: String
    /// The name that others see.
    public let name: String
    /// Their tokens.
    public let tokens: IssuedTokens
}
