public import Bytes

/// One sign-in at this server: all access and refresh tokens that follow from it are its family.
public struct SignInRecord: Hashable, Sendable {
    /// Its id.
    public let id: String
    /// Who signed in.
    public let person: PersonKey
    /// The name that others see.
    public let name: String
    /// What its tokens allow, as JSON; the caller's own.
    public let grants: String
    /// When it began.
    public let at: Timestamp

    /// A sign-in.
    public init(id: String, person: PersonKey, name: String, grants: String, at: Timestamp) {
        self.id = id
        self.person = person
        self.name = name
        self.grants = grants
        self.at = at
    }
}

/// What came of a refresh token.
public enum RefreshOutcome: Hashable, Sendable {
    /// It was good, and is used now; the next one is kept.
    case renewed(SignInRecord)
    /// It was used before: somebody else has it too, and the whole family is at an end now.
    case reused(SignInRecord)
    /// It has run out.
    case expired
    /// Its family was ended before.
    case ended
    /// It is none of ours.
    case unknown
}
