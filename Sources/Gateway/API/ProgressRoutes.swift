import Achievements
import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// What people have got, where they stand, and events from elsewhere.
struct ProgressRoutes {
    /// Events of one request.
    static let batchLimit = 1000
    /// How long an event's data may be.
    private static let dataBytes = 4096

    private let service: ProgressService
    private let rooms: RoomService

    init(_ service: ProgressService, _ rooms: RoomService) {
        self.service = service
        self.rooms = rooms
    }

    /// The routes.
    var all: [Route] {
        (reading.forKeys(.refused) + boards.forKeys(.scope(.readRooms))
            + telling.forKeys(.scope(.writeProgress))).ofHome()
    }

    private var reading: [Route] {
        let service = service
        return [
            Route(.get, "/api/v1/me/progress") { (request) async throws(ClientError) in
                let person = try request.person
                let progress = try await Route.stored { () async throws(StorageError) in
                    try await service.progress(of: person.user)
                }
                return HTTPResponse(.ok, bytes: progress.text.utf8Span.span, type: .json)
            },
            Route(.get, "/api/v1/users/{}/progress") { (request) async throws(ClientError) in
                _ = try request.person
                let subject = try request.subject
                let progress = try await Route.stored { () async throws(StorageError) in
                    try await service.publicProgress(of: subject.user)
                }
                guard let progress else {
                    throw ClientError(.userNotFound, "Nothing is known of such a person.")
                }
                return HTTPResponse(.ok, bytes: progress.text.utf8Span.span, type: .json)
            },
        ]
    }

    private var boards: [Route] {
        let (service, rooms) = (service, rooms)
        return [
            Route(.get, "/api/v1/leaderboards/{}") { (request) async throws(ClientError) in
                let person = try request.person
                guard let name = BoardName(path: request.parameters[0]) else {
                    throw ClientError(.notFound, "Leaderboards are global, month and room:{id}.")
                }
                if case .room(let room) = name { try await rooms.checkMember(person, room) }
                let view = try await Route.stored { () async throws(StorageError) in
                    try await service.boards.view(name, of: person.user)
                }
                return ProgressRoutes.answer(view, name)
            }
        ]
    }

    private var telling: [Route] {
        let service = service
        return [
            Route(.post, "/api/v1/events") { (request) async throws(ClientError) in
                let person = try request.person
                // A key has the scope for it, or would not be here.
                guard person.isOperator || person.scopes != nil else {
                    throw ClientError(.forbidden, "Events are told by the operator, or with a service key.")
                }
                let body = try request.json
                let items = body.array ?? [body]
                guard items.count <= ProgressRoutes.batchLimit else {
                    throw ClientError(.tooLarge, "At most \(ProgressRoutes.batchLimit) events at once.")
                }
                let results = try await ProgressRoutes.take(items, service)
                if body.array == nil, case .failure(let error) = results.first { throw error }
                return ProgressRoutes.answer(results)
            }
        ]
    }

    // MARK: Events

    private typealias Result = Swift.Result<ProgressReceipt, ClientError>

    private static func take(
        _ items: [JSONValue], _ service: ProgressService
    ) async throws(ClientError) -> [Result] {
        var results: [Result] = []
        var (events, places): ([ProgressEventRecord], [Int]) = ([], [])
        let latest = Timestamp.now().milliseconds + service.settings.aheadMilliseconds
        for (index, item) in items.enumerated() {
            do throws(ClientError) {
                events.append(try event(item, latest: latest))
                places.append(index)
                results.append(.success(.accepted))
            } catch {
                results.append(.failure(error))
            }
        }
        // Few at a time: others wait for the store too.
        for start in stride(from: 0, to: events.count, by: service.settings.batch) {
            let end = min(events.count, start + service.settings.batch)
            let receipts = try await Route.stored { () async throws(StorageError) in
                try await service.take(Array(events[start..<end]))
            }
            for (place, receipt) in zip(places[start..<end], receipts) { results[place] = result(receipt) }
        }
        return results
    }

    private static func result(_ receipt: ProgressReceipt) -> Result {
        switch receipt {
        case .accepted, .repeated: .success(receipt)
        case .unknownRoom:
            .failure(ClientError(.roomNotFound, "There is no such room.", field: "room"))
        }
    }

    private static func event(_ item: JSONValue, latest: Int64) throws(ClientError) -> ProgressEventRecord {
        guard item.object != nil else { throw ClientError(.invalidMessage, "An event is a JSON object.") }
        guard let id = try item.text("id", 1...ProtocolLimits.idBytes) else {
            throw .invalid("id", "An event needs an \"id\" of its own.")
        }
        guard let user = try item.text("user", 1...64), TokenRules.isUser(user) else {
            throw .invalid("user", "An event needs the id of the person whose doing it is.")
        }
        guard let kind = try item.text("kind", 1...64), ProgressEvent.isKind(kind) else {
            throw .invalid("kind", "A kind is lower-case letters, digits and \"_\", as lesson_finished.")
        }
        guard !["message_sent", "reaction_added", "room_joined"].contains(kind) else {
            throw .invalid("kind", "What happens in rooms is told by the rooms alone.")
        }
        let at = try item.integer("at", 0...latest) ?? latest
        return ProgressEventRecord(
            id: "api:" + id, user: user, kind: kind, room: try item.text("room", 1...ProtocolLimits.idBytes),
            at: Timestamp(milliseconds: min(at, Timestamp.now().milliseconds)), data: try data(item, kind))
    }

    private static func data(_ item: JSONValue, _ kind: String) throws(ClientError) -> String {
        let data = item["data"] ?? .object([])
        guard data.object != nil else { throw .invalid("data", "\"data\" is an object.") }
        if kind == "challenge_completed" {
            guard data["difficulty"]?.string.flatMap(ChallengeDifficulty.init) != nil else {
                let words = ChallengeDifficulty.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalid("data", "A challenge's \"difficulty\" is one of \(words).")
            }
        }
        var writer = JSONWriter()
        data.write(to: &writer)
        guard writer.span.count <= dataBytes else {
            throw .invalid("data", "\"data\" has at most \(dataBytes) bytes.")
        }
        return writer.text()
    }

    // MARK: Answers

    private static func answer(_ results: [Result]) -> HTTPResponse {
        var (accepted, repeated): (Int, Int) = (0, 0)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("refused")
        writer.beginArray()
        for (index, result) in results.enumerated() {
            switch result {
            case .success(.repeated): repeated += 1
            case .success: accepted += 1
            case .failure(let error):
                writer.beginObject()
                writer.field("index", index)
                writer.field("code", error.code.rawValue)
                writer.field("message", error.message)
                writer.field("field", ifPresent: error.field)
                writer.endObject()
            }
        }
        writer.endArray()
        writer.field("accepted", accepted)
        writer.field("repeated", repeated)
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    private static func answer(_ view: BoardView, _ name: BoardName) -> HTTPResponse {
        var writer = JSONWriter(capacity: 2048)
        writer.beginObject()
        writer.field("board", name.text)
        writer.field("count", view.count)
        writer.key("own")
        if let own = view.own { ProgressForm.write(own, to: &writer) } else { writer.null() }
        writer.key("top")
        ProgressForm.write(view.top, to: &writer)
        writer.key("neighbours")
        ProgressForm.write(view.neighbours, to: &writer)
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }
}
