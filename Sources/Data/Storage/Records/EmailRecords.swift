public import Bytes

/// A mail address and whose it is.
public struct EmailPerson: Hashable, Sendable {
    /// The address in its one form.
    public let address: String
    /// The person whose it is.
    public let user: String
    /// That person's name when the address became theirs.
    public let userName: String
    /// When it became theirs.
    public let linkedAt: Timestamp
    /// When it last signed in.
    public let usedAt: Timestamp

    /// An address of a person.
    public init(address: String, user: String, userName: String, linkedAt: Timestamp, usedAt: Timestamp) {
        self.address = address
        self.user = user
        self.userName = userName
        self.linkedAt = linkedAt
        self.usedAt = usedAt
    }
}

/// What became of a code that was tried.
public enum CodeOutcome: Hashable, Sendable {
    /// It was good, and is used up: the address's person.
    case proven(EmailPerson)
    /// It is not the address's code, or not any more.
    case wrong
    /// It was not looked at: as many were tried in the last hour as may be. There is a further try then.
    case tooMany(until: Timestamp)
    /// It was good, but its address is another person's.
    case taken
    /// It was good, but this person has as many addresses as they may.
    case tooManyAddresses
}
