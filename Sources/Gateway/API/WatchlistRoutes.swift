import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Prices
import Rooms
import Storage

/// People's watch-lists; another's is not there.
struct WatchlistRoutes {
    private let service: WatchlistService

    init(_ service: WatchlistService) { self.service = service }

    /// The routes; for people alone.
    var all: [Route] { reading.metered() + changing }

    private var reading: [Route] {
        let store = service.store
        return [
            Route(.get, "/api/v1/watchlists") { (request) async throws(ClientError) in
                let person = try request.person.key
                let cursor = try request.pageID
                let limit = try request.limit()
                return try await Route.stored { () async throws(StorageError) in
                    .page(
                        "watchlists", try await store.lists(of: person, cursor: cursor, limit: limit),
                        WatchlistRoutes.write)
                }
            },
            Route(.get, "/api/v1/watchlists/{}") { (request) async throws(ClientError) in
                let (person, id) = (try request.person.key, request.parameters[0])
                let found = try await Route.stored { () async throws(StorageError) in
                    try await store.lists([id], of: person).first
                }
                guard let found else { throw WatchlistRoutes.unknown }
                return WatchlistRoutes.answer(found)
            },
        ]
    }

    private var changing: [Route] {
        let routes = self
        return [
            Route(.post, "/api/v1/watchlists") { (request) async throws(ClientError) in
                try await routes.make(request)
            },
            Route(.patch, "/api/v1/watchlists/{}") { (request) async throws(ClientError) in
                let body = try request.json
                let name = try WatchlistRoutes.name(body, isNeeded: false)
                let symbols = try routes.symbols(body)
                return try await routes.change(request) { record in
                    record.name = name ?? record.name
                    record.symbols = symbols ?? record.symbols
                }
            },
            Route(.delete, "/api/v1/watchlists/{}") { (request) async throws(ClientError) in
                let (person, id) = (try request.person.key, request.parameters[0])
                let version = try WatchlistRoutes.version(request)
                let outcome = try await Route.stored { () async throws(StorageError) in
                    try await routes.service.delete(id, of: person, at: version)
                }
                _ = try routes.record(outcome)
                return HTTPResponse(.noContent)
            },
            Route(.put, "/api/v1/watchlists/{}/symbols/{}") { (request) async throws(ClientError) in
                let symbol = try WatchlistRoutes.symbol(request)
                return try await routes.change(request) { record in
                    if !record.symbols.contains(symbol) { record.symbols.append(symbol) }
                }
            },
            Route(.delete, "/api/v1/watchlists/{}/symbols/{}") { (request) async throws(ClientError) in
                let symbol = try WatchlistRoutes.symbol(request)
                return try await routes.change(request) { $0.symbols.removeAll { $0 == symbol } }
            },
        ]
    }

    // MARK: Asking

    private func make(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        let person = try request.person.key
        let body = try request.json
        guard let name = try WatchlistRoutes.name(body, isNeeded: true) else { throw WatchlistRoutes.badName }
        let record = WatchlistRecord(owner: person, name: name, symbols: try symbols(body) ?? [])
        let (store, limit) = (service.store, service.settings.perPerson)
        let outcome = try await Route.stored { () async throws(StorageError) in
            try await store.make(record, limit: limit)
        }
        guard case .done(let made) = outcome else {
            throw ClientError(.conflict, "A person has at most \(limit) watch-lists.", field: "name")
        }
        return WatchlistRoutes.answer(made, .created)
    }

    /// Changes a list of the caller, and answers with what it is now.
    private func change(
        _ request: APIRequest, _ change: @escaping @Sendable (inout WatchlistRecord) -> Void
    ) async throws(ClientError) -> HTTPResponse {
        let (person, id, service) = (try request.person.key, request.parameters[0], service)
        let version = try WatchlistRoutes.version(request)
        let outcome = try await Route.stored { () async throws(StorageError) in
            try await service.change(id, of: person, at: version, change)
        }
        return WatchlistRoutes.answer(try record(outcome))
    }

    private func record(_ outcome: WatchlistOutcome) throws(ClientError) -> WatchlistRecord {
        switch outcome {
        case .done(let record): return record
        case .unknown: throw WatchlistRoutes.unknown
        case .stale(let record):
            throw ClientError(
                .preconditionFailed, "The list has been changed meanwhile. Read it, and try again."
            ).detailed([JSONMember("version", .integer(record.version))])
        case .full:
            throw ClientError(
                .conflict, "A watch-list has at most \(service.settings.symbols) symbols.", field: "symbols")
        }
    }

    // MARK: Parts

    private static let unknown = ClientError(.notFound, "There is no such watch-list.")
    private static let badName = ClientError.invalid(
        "name", "A watch-list needs a name of 1 to 64 characters.")

    private static func name(_ body: JSONValue, isNeeded: Bool) throws(ClientError) -> String? {
        guard body.object != nil else { throw ClientError(.invalidMessage, "The body is a JSON object.") }
        guard let name = try body.text("name", 1...64) else {
            if isNeeded { throw badName }
            return nil
        }
        guard TokenRules.isName(name) else { throw badName }
        return name
    }

    private func symbols(_ body: JSONValue) throws(ClientError) -> [String]? {
        guard let value = body["symbols"], !value.isNull else { return nil }
        let wrong = ClientError.invalid(
            "symbols", "\"symbols\" are at most \(service.settings.symbols) names as BTC-USD, each once.")
        guard let items = value.array, items.count <= service.settings.symbols else { throw wrong }
        var symbols: [String] = []
        for item in items {
            guard let symbol = item.string.flatMap({ Symbol($0) }), !symbols.contains(symbol.text) else {
                throw wrong
            }
            symbols.append(symbol.text)
        }
        return symbols
    }

    private static func symbol(_ request: APIRequest) throws(ClientError) -> String {
        guard let symbol = Symbol(request.parameters[1]) else {
            throw ClientError(.notFound, "No symbol is called so.")
        }
        return symbol.text
    }

    /// The version that a change is meant for (RFC 9110 §13.1.1); nil for whichever there is.
    private static func version(_ request: APIRequest) throws(ClientError) -> Int64? {
        guard let text = request.headers["if-match"], text != "*" else { return nil }
        guard text.count > 2, text.hasPrefix("\""), text.hasSuffix("\""),
            let version = Int64(text.dropFirst().dropLast())
        else {
            throw ClientError(.preconditionFailed, "\"If-Match\" is the \"ETag\" of the list as it was read.")
        }
        return version
    }

    // MARK: Answers

    private static func answer(_ record: WatchlistRecord, _ status: HTTPStatus = .ok) -> HTTPResponse {
        var writer = JSONWriter()
        write(record, to: &writer)
        var response = HTTPResponse(status, bytes: writer.span, type: .json)
        response.headers.set("etag", "\"\(record.version)\"")
        return response
    }

    private static func write(_ record: WatchlistRecord, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", record.id)
        writer.field("name", record.name)
        writer.key("symbols")
        writer.beginArray()
        for symbol in record.symbols { writer.value(symbol) }
        writer.endArray()
        writer.field("version", record.version)
        writer.field("created_at", record.createdAt.milliseconds)
        writer.field("changed_at", record.changedAt.milliseconds)
        writer.endObject()
    }
}
