public import Storage

/// Something that a person is to be told.
public struct NotificationDraft: Sendable, Hashable {
    /// What is kept of it.
    public var record: NotificationRecord
    /// The type of a push that tells programs of it, as `alert_triggered`, with the members of the record's data; nil for
    /// none. It is pushed in quiet hours too, with `silent`.
    public var event: String?

    /// A notification, and the push that goes with it.
    public init(_ record: NotificationRecord, event: String? = nil) {
        self.record = record
        self.event = event
    }
}
