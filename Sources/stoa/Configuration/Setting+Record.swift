import Gateway
import Rooms

extension Setting {
    /// The record of privileged acts, exports and erasures.
    static let record: [Setting] = [
        Setting(
            "audit.addresses", .choice(AuditAddresses.allCases.map(\.rawValue)), "network",
            "How much of clients' addresses the record of privileged acts keeps: all of it, its network (24 bits of IPv4, 64 of IPv6), or nothing."
        ),
        Setting(
            "audit.days", .integer(0...36_500), "365", unit: "days",
            "How long the record of privileged acts is kept; 0 for ever."),
        Setting(
            "audit.count_ms", .integer(100...3_600_000), "60000", unit: "ms",
            "For how long refusals of one kind from one network are counted before the count is written."),
        Setting(
            "erasure.messages", .choice(PrivacySettings.Messages.allCases.map(\.rawValue)), "tombstone",
            "What becomes of an erased person's messages: a tombstone without text, or the text as a nameless person's."
        ),
        Setting(
            "export.ms", .integer(60_000...2_592_000_000), "86400000", unit: "ms",
            "How long an export of a person's data may be fetched."),
    ]
}
