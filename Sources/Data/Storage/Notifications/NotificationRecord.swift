public import Bytes

/// Something that a person is told, and has read or not.
public struct NotificationRecord: Sendable, Hashable {
    /// Its id; later ones are greater.
    public let id: String
    /// Whom it is for.
    public let person: PersonKey
    /// What a repeat of it has in common with it, among this person's.
    public let key: String
    /// What sort it is, as `alert`.
    public let kind: String
    /// In a few words.
    public let title: String
    /// In a sentence or two; may be empty.
    public let body: String
    /// What programs make of it: a JSON object.
    public let data: String
    /// Whether it came at a time, or is of a kind, that disturbs nobody: it waits to be looked at.
    public var isSilent: Bool
    /// When.
    public let at: Timestamp
    /// When it was read.
    public let readAt: Timestamp?

    /// One that nobody has read.
    public init(
        to person: PersonKey, key: String, kind: String, title: String, body: String = "",
        data: String = "{}", at: Timestamp = .now()
    ) {
        id = Identifier.uuid()
        self.person = person
        self.key = key
        self.kind = kind
        self.title = title
        self.body = body
        self.data = data
        isSilent = false
        self.at = at
        readAt = nil
    }

    static let columns = "tenant_id, user_id, id, key, kind, title, body, data, silent, at, read_at"

    init(_ columns: inout RowReader) throws(StorageError) {
        person = PersonKey(tenant: try columns.text(), user: try columns.text())
        id = try columns.text()
        key = try columns.text()
        kind = try columns.text()
        title = try columns.text()
        body = try columns.text()
        data = try columns.text()
        isSilent = try columns.bool()
        at = try columns.time()
        readAt = try columns.optionalTime()
    }

    var values: [DatabaseValue] {
        [
            .text(person.tenant), .text(person.user), .text(id), .text(key), .text(kind), .text(title),
            .text(body), .text(data), .bool(isSilent), .integer(at.milliseconds),
        ]
    }
}
