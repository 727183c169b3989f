/// How exports and erasures are done.
public struct PrivacySettings: Sendable {
    /// What becomes of an erased person's messages.
    public enum Messages: String, CaseIterable, Sendable {
        /// Their text goes, and a tombstone stays.
        case tombstone
        /// They stay, as a nameless person's.
        case anonymous
    }

    /// What becomes of messages.
    public var messages = Messages.tombstone
    /// How long an export may be fetched, in milliseconds.
    public var exportMilliseconds: Int64 = 86_400_000

    /// The usual ones.
    public init() {}
}
