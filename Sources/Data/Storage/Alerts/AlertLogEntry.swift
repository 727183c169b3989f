public import Bytes

/// An entry of the log by which alerts are evaluated: a value of what is watched, or an alert that changed.
public struct AlertLogEntry: Sendable, Hashable {
    /// Its place: 1, 2, 3 … in the order of the transactions, whichever process they are of.
    public let seq: Int64
    /// What has the value, or what the alert watches.
    public let topic: AlertTopic
    /// The value; of a changed alert that which its topic had then, where it had one.
    public let value: String?
    /// The moment of the value.
    public let at: Timestamp
    /// The alert that was made, changed or deleted; nil for a value.
    public let alert: String?

    static let columns = "seq, kind, subject, value, at, alert_id"

    init(_ columns: inout RowReader) throws(StorageError) {
        seq = try columns.integer()
        topic = AlertTopic(kind: try columns.text(), subject: try columns.text())
        value = try columns.optionalText()
        at = try columns.time()
        alert = try columns.optionalText()
    }
}

/// A value of something that alerts may watch.
public struct WatchedValue: Sendable, Hashable {
    /// What has it.
    public let topic: AlertTopic
    /// The value.
    public let value: String
    /// When.
    public let at: Timestamp

    /// A value at a moment.
    public init(_ topic: AlertTopic, _ value: String, at: Timestamp) {
        self.topic = topic
        self.value = value
        self.at = at
    }
}

/// An alert that a value has fired.
public struct AlertFiring: Sendable, Hashable {
    /// Which.
    public let alert: String
    /// The place of the value in the log.
    public let seq: Int64
    /// The value.
    public let value: String
    /// The moment of it.
    public let at: Timestamp

    /// A firing.
    public init(alert: String, seq: Int64, value: String, at: Timestamp) {
        self.alert = alert
        self.seq = seq
        self.value = value
        self.at = at
    }
}
