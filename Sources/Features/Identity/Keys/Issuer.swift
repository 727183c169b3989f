/// Who signs tokens, and what we take from them.
public struct Issuer: Sendable {
    /// Who that is to us.
    public enum Kind: Sendable, Equatable {
        /// The operator's own site: its subjects are people's ids as they are.
        case main
        /// A further one: its subjects are people's ids behind its name and a colon, so that no issuer can speak for
        /// another's people.
        case named(String)
        /// This server itself.
        case ourselves
    }

    /// Who that is to us.
    public var kind: Kind
    /// What `iss` must be, exactly; nil takes every token that names no other issuer of ours.
    public var issuer: String?
    /// What `aud` must contain; nil does not look.
    public var audience: String?
    /// Whose data its people belong to.
    public var tenant = "default"
    /// The claim that names the tenant in place of ``tenant``; a token without it is refused.
    public var tenantClaim: String?
    /// Keys that are configured.
    public var keys: [VerificationKey]
    /// Where further ones are published (RFC 7517).
    public var keysURL: String?

    /// An issuer.
    public init(_ kind: Kind, issuer: String? = nil, keys: [VerificationKey] = []) {
        self.kind = kind
        self.issuer = issuer
        self.keys = keys
    }

    /// Whether a text can be the name of an issuer: 1 to 32 lower-case letters, digits and hyphens.
    public static func isName(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
            }
    }

    /// Its name in the log.
    var name: String {
        switch kind {
        case .main: "main"
        case .named(let name): name
        case .ourselves: OwnTokens.issuer
        }
    }
}
