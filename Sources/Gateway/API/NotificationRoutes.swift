import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Notifications
import Rooms
import Storage
import TimeZones

/// What a person is told: the list of it, what was read of it, and what they want of it.
struct NotificationRoutes {
    /// How many are marked by one request.
    private static let idLimit = 100
    private static let kindLimit = 32
    private static let dataBytes = 4096

    private let service: NotificationService

    init(_ service: NotificationService) { self.service = service }

    /// The routes.
    var all: [Route] { own + [telling].forKeys(.scope(.admin)) }

    private var own: [Route] {
        let service = service
        return [
            Route(.get, "/api/v1/me/notifications") { (request) async throws(ClientError) in
                let cursor = try request.pageID
                let (person, isUnread) = (try request.person.key, try request.flag("unread"))
                let limit = try request.limit()
                return try await Route.stored { () async throws(StorageError) in
                    let found = try await service.list(
                        of: person, unread: isUnread, cursor: cursor, limit: limit)
                    return .page("notifications", found.page, NotificationRoutes.write) {
                        $0.field("unread", found.unread)
                    }
                }
            },
            Route(.post, "/api/v1/me/notifications/read") { (request) async throws(ClientError) in
                let person = try request.person.key
                let (ids, last) = try NotificationRoutes.marks(request.json)
                return try await Route.stored { () async throws(StorageError) in
                    NotificationRoutes.answer(
                        unread: try await service.markRead(of: person, ids: ids, upTo: last))
                }
            },
            Route(.get, "/api/v1/me/preferences") { (request) async throws(ClientError) in
                let person = try request.person.key
                return try await Route.stored { () async throws(StorageError) in
                    NotificationRoutes.answer(try await service.preferences(of: person))
                }
            },
            Route(.put, "/api/v1/me/preferences") { (request) async throws(ClientError) in
                let person = try request.person.key
                let wanted = try NotificationRoutes.preferences(request.json, service)
                return try await Route.stored { () async throws(StorageError) in
                    try await service.set(wanted, for: person)
                    return NotificationRoutes.answer(wanted)
                }
            },
        ]
    }

    /// The operator, or a back end of theirs, tells somebody something.
    private var telling: Route {
        let service = service
        return Route(.post, "/api/v1/users/{}/notifications") { (request) async throws(ClientError) in
            let record = try NotificationRoutes.record(request.json, to: request.subjectOfOperator)
            return try await Route.stored { () async throws(StorageError) in
                let isNew = try await service.notify([NotificationDraft(record)]).isEmpty == false
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("new", isNew)
                writer.endObject()
                return HTTPResponse(isNew ? .created : .ok, bytes: writer.span, type: .json)
            }
        }
    }

    // MARK: Requests

    private static func marks(_ body: JSONValue) throws(ClientError) -> (ids: [String], until: String?) {
        if let until = body["until"], !until.isNull {
            guard let id = until.string, Identifier.isUUID(id), body["ids"] == nil else {
                throw .invalid("until", "\"until\" is a notification's id, and stands without \"ids\".")
            }
            return ([], id)
        }
        guard let items = body["ids"]?.array, (1...idLimit).contains(items.count),
            case let ids = items.compactMap(\.string).filter(Identifier.isUUID), ids.count == items.count
        else {
            throw .invalid(
                "ids", "\"ids\" is a list of 1 to \(idLimit) notifications' ids, unless \"until\" names one.")
        }
        return (ids, nil)
    }

    private static func record(
        _ body: JSONValue, to person: PersonKey
    ) throws(ClientError) -> NotificationRecord {
        guard let key = try body.text("key", 1...128) else {
            throw .invalid("key", "\"key\" is what a repeat of it has in common with it.")
        }
        guard let kind = try body.text("kind", 1...64), isKind(kind) else {
            throw .invalid("kind", "\"kind\" has 1 to 64 lower-case letters and underscores.")
        }
        guard let title = try body.text("title", 1...200) else {
            throw .invalid("title", "\"title\" has 1 to 200 characters.")
        }
        var writer = JSONWriter()
        let data = body["data"] ?? .object([])
        data.write(to: &writer)
        guard data.object != nil, writer.span.count <= dataBytes else {
            throw .invalid("data", "\"data\" is an object of at most \(dataBytes) bytes.")
        }
        return NotificationRecord(
            to: person, key: key, kind: kind, title: title, body: try body.text("body", 1...2000) ?? "",
            data: writer.text())
    }

    private static func preferences(
        _ body: JSONValue, _ service: NotificationService
    ) throws(ClientError) -> PreferencesRecord {
        guard body.object != nil else { throw ClientError(.invalidMessage, "The body is a JSON object.") }
        var wanted = PreferencesRecord()
        if let name = try body.text("time_zone", 1...64) {
            guard let zone = service.zones.zone(name) else {
                throw .invalid(
                    "time_zone", "No time zone that this server knows is called so; one is Europe/Berlin.")
            }
            wanted.timeZone = zone.name
        }
        if let hours = body["quiet_hours"], !hours.isNull { wanted.quietHours = try quietHours(hours) }
        if let muted = body["muted"], !muted.isNull {
            guard let items = muted.array, items.count <= kindLimit,
                case let kinds = items.compactMap(\.string).filter(isKind), kinds.count == items.count
            else {
                throw .invalid("muted", "\"muted\" is a list of at most \(kindLimit) kinds of notifications.")
            }
            wanted.muted = Set(kinds).sorted()
        }
        return wanted
    }

    private static func isKind(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { (97...122).contains($0) || $0 == UInt8(ascii: "_") }
    }

    private static func quietHours(_ hours: JSONValue) throws(ClientError) -> PreferencesRecord.QuietHours {
        guard let from = minute(hours["from"]), let to = minute(hours["to"]), from != to else {
            throw .invalid(
                "quiet_hours",
                "\"quiet_hours\" has \"from\" and \"to\", two different times of day as 22:00, or is null.")
        }
        return PreferencesRecord.QuietHours(from: from, to: to)
    }

    /// The minute of the day that a text as `22:00` says.
    private static func minute(_ value: JSONValue?) -> Int? {
        guard let text = value?.string, text.utf8.count == 5,
            text.utf8.dropFirst(2).first == UInt8(ascii: ":"),
            text.utf8.enumerated().allSatisfy({ $0 == 2 || (48...57).contains($1) }),
            let hour = Int(text.prefix(2)), let minute = Int(text.suffix(2)), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    // MARK: Answers

    private static func write(_ item: NotificationRecord, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", item.id)
        item.writeMembers(to: &writer)
        writer.key("read_at")
        if let moment = item.readAt { writer.value(moment.milliseconds) } else { writer.null() }
        writer.endObject()
    }

    private static func answer(unread: Int) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("unread", unread)
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    private static func answer(_ preferences: PreferencesRecord) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("time_zone", preferences.timeZone)
        writer.key("quiet_hours")
        if let hours = preferences.quietHours {
            writer.beginObject()
            writer.field("from", clock(hours.from))
            writer.field("to", clock(hours.to))
            writer.endObject()
        } else {
            writer.null()
        }
        writer.key("muted")
        writer.beginArray()
        for kind in preferences.muted { writer.value(kind) }
        writer.endArray()
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    private static func clock(_ minute: Int) -> String {
        let (hours, minutes) = (minute / 60, minute % 60)
        return "\(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
    }
}
