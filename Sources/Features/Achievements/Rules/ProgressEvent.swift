public import Bytes
public import JSON

/// Something that somebody did, as rules see it.
public struct ProgressEvent: Sendable {
    /// Who.
    public let user: String
    /// What, as `message_sent`.
    public let kind: String
    /// Where; nil where it was in no room.
    public let room: String?
    /// When.
    public let at: Timestamp
    /// The day of that by the person's calendar.
    public let day: Int64
    /// More about it: an object.
    public let data: JSONValue

    /// An event.
    public init(
        user: String, kind: String, room: String? = nil, at: Timestamp, day: Int64,
        data: JSONValue = .object([])
    ) {
        self.user = user
        self.kind = kind
        self.room = room
        self.at = at
        self.day = day
        self.data = data
    }

    /// Whether a text can be the kind of an event: 1 to 64 lower-case letters, digits and `_`, beginning with a letter.
    public static func isKind(_ text: String) -> Bool {
        guard let first = text.utf8.first, (97...122).contains(first), text.utf8.count <= 64 else {
            return false
        }
        return text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
    }

    /// The value of a field: `room`, or a name in the data, with points between those of objects in objects.
    func value(_ field: String) -> JSONValue? {
        if field == "room" { return room.map { .string($0) } }
        var value = data
        for name in field.split(separator: ".") {
            guard let inner = value[String(name)] else { return nil }
            value = inner
        }
        return value
    }
}
