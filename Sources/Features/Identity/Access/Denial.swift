public import Bytes
public import Storage

/// Something that keeps people out from now on, also those who are in.
public enum Denial: Sendable {
    /// One token, by its issuer and `jti`.
    case token(issuer: String, id: String)
    /// All of a person's tokens that were signed before a moment; those that do not say when count as older.
    case tokens(of: PersonKey, before: Timestamp)
    /// A person.
    case person(PersonKey)
    /// One token, but only from a moment on: another one has taken its place.
    case tokenEnds(issuer: String, id: String, at: Timestamp)
    /// Networks, as ``AccessList/networks`` has them now.
    case networks

    /// Whether it is about who speaks for a person by this token.
    public func covers(_ principal: Principal) -> Bool {
        switch self {
        case .token(let issuer, let id), .tokenEnds(let issuer, let id, _):
            principal.tokenID == id && principal.issuer == issuer
        case .tokens(let person, let before):
            principal.key == person && (principal.issuedAt.map { $0 < before } ?? true)
        case .person(let person): principal.key == person
        case .networks: false
        }
    }
}

extension Principal {
    /// The person as the store names one.
    public var key: PersonKey { PersonKey(tenant: tenant, user: user) }
}
