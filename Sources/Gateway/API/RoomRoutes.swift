import Bytes
import ClientProtocol
import HTTP
import JSON
import Rooms
import Storage

/// Rooms over HTTP.
struct RoomRoutes {
    private let service: RoomService
    private let pace: PersonPace

    init(_ service: RoomService, _ pace: PersonPace) {
        self.service = service
        self.pace = pace
    }

    /// The routes.
    var all: [Route] { directory + gates + messages + members + moderation + personal }

    private var directory: [Route] {
        let (service, pace) = (service, pace)
        return [
            Route(.get, "/api/v1/rooms") { (request) async throws(ClientError) in
                .json(
                    try await service.list(
                        request.person, query: request.query("query"), cursor: request.query("cursor"),
                        limit: request.limit(), archived: try request.flag("archived")))
            },
            Route(.post, "/api/v1/rooms") { (request) async throws(ClientError) in
                let (person, forming) = (try request.person, try RoomForming(request.json))
                try await pace.takeRoom(person)
                let (room, isNew) = try await service.create(person, forming)
                return .json(room, isNew ? .created : .ok)
            },
            Route(.get, "/api/v1/rooms/{}") { (request) async throws(ClientError) in
                .json(try await service.show(request.person, request.parameters[0]))
            },
            Route(.patch, "/api/v1/rooms/{}") { (request) async throws(ClientError) in
                .json(
                    try await service.update(request.person, request.parameters[0], RoomForming(request.json))
                )
            },
            Route(.delete, "/api/v1/rooms/{}") { (request) async throws(ClientError) in
                try await service.archive(request.person, request.parameters[0])
                return HTTPResponse(.noContent)
            },
        ]
    }

    private var gates: [Route] {
        let service = service
        return [
            Route(.get, "/api/v1/rooms/{}/gate") { (request) async throws(ClientError) in
                .json(try await service.gate(request.person, request.parameters[0]))
            },
            Route(.post, "/api/v1/rooms/{}/gate/check") { (request) async throws(ClientError) in
                .json(try await service.gate(request.person, request.parameters[0], anew: true))
            },
            Route(.post, "/api/v1/rooms/{}/gate/dry-run") { (request) async throws(ClientError) in
                let body = request.body.isEmpty ? JSONValue.object([]) : try request.json
                return .json(
                    try await service.tryGate(
                        request.person, request.parameters[0], body, cursor: request.query("cursor"),
                        limit: min(request.limit(), 50)))
            },
        ]
    }

    private var messages: [Route] {
        let service = service
        return [
            Route(.get, "/api/v1/rooms/{}/messages") { (request) async throws(ClientError) in
                let room = request.parameters[0]
                if let query = request.query("query") {
                    guard query.utf8.count <= ProtocolLimits.queryBytes else {
                        throw .invalid("query", "\"query\" has 1 to \(ProtocolLimits.queryBytes) bytes.")
                    }
                    let before = try request.number("before", 0...Int64.max)
                    return .json(
                        try await service.search(
                            request.person, room, query: query, limit: request.limit(20), before: before))
                }
                return .json(try await service.history(request.person, room, RoomRoutes.page(request)))
            },
            Route(.post, "/api/v1/rooms/{}/messages") { (request) async throws(ClientError) in
                let draft = try RoomRoutes.draft(request.json)
                return .json(
                    try await service.perform(request.person, request.parameters[0], .post(draft)), .created)
            },
            Route(.patch, "/api/v1/rooms/{}/messages/{}") { (request) async throws(ClientError) in
                let content = try RoomRoutes.content(request.json)
                let deed = RoomAct.Deed.edit(message: request.parameters[1], content: content)
                return .json(try await service.perform(request.person, request.parameters[0], deed))
            },
            Route(.delete, "/api/v1/rooms/{}/messages/{}") { (request) async throws(ClientError) in
                let deed = RoomAct.Deed.delete(message: request.parameters[1])
                return .json(try await service.perform(request.person, request.parameters[0], deed))
            },
            Route(.get, "/api/v1/rooms/{}/pins") { (request) async throws(ClientError) in
                .json(try await service.pins(request.person, request.parameters[0]))
            },
        ]
    }

    private static func page(_ request: APIRequest) throws(ClientError) -> HistoryRequest {
        let anchors: [HistoryRequest.Anchor] = [
            try request.number("before", 0...Int64.max).map { .before($0) },
            try request.number("after", 0...Int64.max).map { .after($0) },
            try request.number("around", 0...Int64.max).map { .around($0) },
        ].compactMap { $0 }
        guard anchors.count <= 1 else {
            throw .invalid("before", "Only one of \"before\", \"after\" and \"around\" may be given.")
        }
        return HistoryRequest(
            anchor: anchors.first ?? .latest, limit: try request.limit(), thread: request.query("thread"))
    }

    private static func content(_ body: JSONValue) throws(ClientError) -> String {
        guard let content = try body.text("content", 1...ProtocolLimits.contentBytes),
            content.utf8.count <= ProtocolLimits.contentBytes, !content.allSatisfy(\.isWhitespace)
        else {
            throw .invalid("content", "\"content\" has 1 to \(ProtocolLimits.contentBytes) bytes.")
        }
        return content
    }

    private static func draft(_ body: JSONValue) throws(ClientError) -> MessageDraft {
        guard body.object != nil else {
            throw ClientError(.invalidMessage, "The body must be a JSON object.")
        }
        var draft = MessageDraft()
        draft.content = try content(body)
        draft.clientID = try body.text("client_id", 1...ProtocolLimits.idBytes)
        draft.replyTo = try body.text("reply_to", 1...ProtocolLimits.idBytes)
        return draft
    }

    private var members: [Route] {
        let service = service
        return [
            Route(.get, "/api/v1/rooms/{}/members") { (request) async throws(ClientError) in
                .json(
                    try await service.members(
                        request.person, request.parameters[0], cursor: request.query("cursor"),
                        limit: request.limit()))
            },
            Route(.put, "/api/v1/rooms/{}/members/{}") { (request) async throws(ClientError) in
                let text = try request.json.text("role", 1...16)
                guard let role = text.flatMap(Role.init(rawValue:)) else {
                    throw .invalid("role", "A role is owner, moderator or member.")
                }
                try await service.setRole(
                    request.person, request.parameters[0], user: request.parameters[1], role)
                return HTTPResponse(.noContent)
            },
            Route(.delete, "/api/v1/rooms/{}/members/{}") { (request) async throws(ClientError) in
                try await service.remove(request.person, request.parameters[0], user: request.parameters[1])
                return HTTPResponse(.noContent)
            },
        ]
    }

    private var moderation: [Route] {
        let service = service
        return [
            Route(.get, "/api/v1/rooms/{}/bans") { (request) async throws(ClientError) in
                .json(
                    try await service.bans(
                        request.person, request.parameters[0], cursor: request.query("cursor"),
                        limit: request.limit()))
            },
            Route(.post, "/api/v1/rooms/{}/bans") { (request) async throws(ClientError) in
                let body = try request.json
                guard let user = try body.text("user", 1...64) else {
                    throw .invalid("user", "Who is to be banned?")
                }
                try await service.ban(
                    request.person, request.parameters[0], user: user, reason: body.text("reason", 0...500),
                    until: body.integer("until", (Timestamp.now().milliseconds + 1)...253_402_300_799_999)
                        .map { Timestamp(milliseconds: $0) })
                return HTTPResponse(.created)
            },
            Route(.delete, "/api/v1/rooms/{}/bans/{}") { (request) async throws(ClientError) in
                try await service.unban(request.person, request.parameters[0], user: request.parameters[1])
                return HTTPResponse(.noContent)
            },
            Route(.post, "/api/v1/rooms/{}/invitations") { (request) async throws(ClientError) in
                let body = request.body.isEmpty ? JSONValue.object([]) : try request.json
                return .json(
                    try await service.invite(
                        request.person, request.parameters[0], user: body.text("user", 1...64),
                        expiresAt: RoomRoutes.time(body, "expires_at")), .created)
            },
            Route(.post, "/api/v1/rooms/{}/reports") { (request) async throws(ClientError) in
                let body = try request.json
                guard let message = try body.text("message_id", 1...64) else {
                    throw .invalid("message_id", "Which message?")
                }
                return .json(
                    try await service.report(
                        request.person, request.parameters[0], message: message,
                        reason: body.text("reason", 0...500)), .created)
            },
            Route(.get, "/api/v1/rooms/{}/reports") { (request) async throws(ClientError) in
                .json(
                    try await service.reports(
                        request.person, request.parameters[0], cursor: request.query("cursor"),
                        limit: request.limit()))
            },
        ]
    }

    private static func time(_ body: JSONValue, _ name: String) throws(ClientError) -> Timestamp? {
        try body.integer(name, 0...253_402_300_799_999).map { Timestamp(milliseconds: $0) }
    }

    private var personal: [Route] {
        let service = service
        return [
            Route(.get, "/api/v1/me/rooms") { (request) async throws(ClientError) in
                .json(
                    try await service.mine(
                        request.person, cursor: request.query("cursor"), limit: request.limit(100)))
            },
            Route(.get, "/api/v1/me/hidden") { (request) async throws(ClientError) in
                .json(try await service.hidden(request.person))
            },
            Route(.put, "/api/v1/me/hidden/{}") { (request) async throws(ClientError) in
                try await service.hide(request.person, user: request.parameters[0], true)
                return HTTPResponse(.noContent)
            },
            Route(.delete, "/api/v1/me/hidden/{}") { (request) async throws(ClientError) in
                try await service.hide(request.person, user: request.parameters[0], false)
                return HTTPResponse(.noContent)
            },
        ]
    }
}
