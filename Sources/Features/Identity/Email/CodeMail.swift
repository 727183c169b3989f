public import Bytes

/// A code on its way to a mailbox.
public struct CodeMail: Sendable {
    /// Where it goes.
    public let address: EmailAddress
    /// The code; never for a log.
    public let code: String
    /// When it stops being good.
    public let expiresAt: Timestamp

    /// A mail with a code.
    public init(address: EmailAddress, code: String, expiresAt: Timestamp) {
        self.address = address
        self.code = code
        self.expiresAt = expiresAt
    }
}

/// Why a mail did not go out.
public struct MailFailure: Error, Hashable, Sendable {
    /// In words for the log, without the address.
    public let words: String
    /// Whether it is of no use to try again.
    public let isFinal: Bool

    /// A failure.
    public init(_ words: String, isFinal: Bool = false) {
        self.words = words
        self.isFinal = isFinal
    }
}
