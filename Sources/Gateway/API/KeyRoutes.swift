import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// Service keys; for the operator, and for keys with the scope `admin`.
struct KeyRoutes {
    private let service: ServiceKeyService

    init(_ service: ServiceKeyService) { self.service = service }

    /// The routes.
    var all: [Route] {
        let routes = self
        let all = [
            Route(.get, "/api/v1/keys") { (request) async throws(ClientError) in
                try routes.list(request)
            },
            Route(.post, "/api/v1/keys") { (request) async throws(ClientError) in
                try await routes.make(request)
            },
            Route(.post, "/api/v1/keys/{}/rotate") { (request) async throws(ClientError) in
                try await routes.rotate(request)
            },
            Route(.delete, "/api/v1/keys/{}") { (request) async throws(ClientError) in
                try await routes.revoke(request)
            },
        ]
        return all.forKeys(.scope(.admin))
    }

    // MARK: Requests

    private func list(_ request: APIRequest) throws(ClientError) -> HTTPResponse {
        try KeyRoutes.check(request)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("keys")
        writer.beginArray()
        for key in service.all { KeyRoutes.write(key, to: &writer) }
        writer.endArray()
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    private func make(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        let maker = try KeyRoutes.check(request)
        let body = try request.json
        guard let name = try body.text("name", 1...64), TokenRules.isName(name) else {
            throw .invalid(
                "name", "A key needs a name of 1 to 64 bytes, something to see and nothing hidden.")
        }
        let scopes = try KeyRoutes.scopes(body)
        let tenant = try body.text("tenant", 1...64) ?? Principal.homeTenant
        guard TokenRules.isUser(tenant) else { throw .invalid("tenant", "This is no tenant's name.") }
        guard tenant == Principal.homeTenant || !scopes.all.contains(where: \.isAboutRooms) else {
            throw .invalid("tenant", "Keys of other tenants than \"default\" have scopes of topics alone.")
        }
        let now = Timestamp.now()
        let expiry = try body.integer("expires_at", (now.milliseconds + 1)...253_402_300_799_000)
        let made = try await KeyRoutes.refusing { () async throws(ServiceKeyService.Refusal) in
            try await service.make(
                name: name, scopes: scopes, tenant: tenant, by: maker,
                expiresAt: expiry.map { Timestamp(milliseconds: $0) }, now: now)
        }
        return KeyRoutes.answer(made, .created)
    }

    private func rotate(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        try KeyRoutes.check(request)
        let body = request.body.isEmpty ? .object([]) : try request.json
        let overlap = try body.integer("overlap_ms", 0...ServiceKeyService.longestOverlap)
        let id = request.parameters[0]
        let made = try await KeyRoutes.refusing { () async throws(ServiceKeyService.Refusal) in
            try await service.rotate(id, overlap: overlap ?? ServiceKeyService.usualOverlap)
        }
        return KeyRoutes.answer(made, .ok)
    }

    private func revoke(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        try KeyRoutes.check(request)
        let id = request.parameters[0]
        try await KeyRoutes.refusing { () async throws(ServiceKeyService.Refusal) in
            try await service.revoke(id)
        }
        return HTTPResponse(.noContent)
    }

    // MARK: Parts

    @discardableResult
    private static func check(_ request: APIRequest) throws(ClientError) -> String {
        let person = try request.person
        guard person.isOperator else { throw ClientError(.forbidden, "Only the operator may do this.") }
        return person.user
    }

    private static func scopes(_ body: JSONValue) throws(ClientError) -> KeyScopes {
        let list = body["scopes"]?.array ?? []
        let scopes = list.compactMap(\.string).compactMap { KeyScope($0) }
        guard (1...KeyScope.limit).contains(list.count), scopes.count == list.count else {
            throw .invalid(
                "scopes",
                "\"scopes\" is a list of rooms:read, rooms:write, progress:write, publish:{pattern}, subscribe:{pattern} and admin."
            )
        }
        return KeyScopes(scopes)
    }

    private static func refusing<R>(
        _ body: () async throws(ServiceKeyService.Refusal) -> R
    ) async throws(ClientError) -> R {
        do throws(ServiceKeyService.Refusal) {
            return try await body()
        } catch {
            switch error {
            case .tooMany: throw ClientError(.conflict, "There are as many keys as there may be.")
            case .tooManyTexts:
                throw ClientError(
                    .conflict, "This key has been rotated too often: wait until older texts have run out.")
            case .busy: throw ClientError(.conflict, "Another request rotates this key just now.")
            case .unknown: throw ClientError(.notFound, "There is no such key.")
            case .store(let error): throw error.clientError
            }
        }
    }

    private static func answer(_ made: ServiceKeyService.Made, _ status: HTTPStatus) -> HTTPResponse {
        var writer = JSONWriter()
        write(made.key, text: made.text, to: &writer)
        return HTTPResponse(status, bytes: writer.span, type: .json)
    }

    private static func write(_ key: ServiceKeyRecord, text: String? = nil, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", key.person.user)
        writer.field("key", ifPresent: text)
        writer.field("name", key.name)
        writer.field("tenant", key.person.tenant)
        writer.key("scopes")
        writer.beginArray()
        for scope in key.scopes.split(separator: " ") { writer.value(String(scope)) }
        writer.endArray()
        writer.field("made_by", key.madeBy)
        writer.field("made_at", key.madeAt.milliseconds)
        write("expires_at", key.expiresAt, to: &writer)
        write("used_at", key.usedAt, to: &writer)
        write(
            "rotated_at", key.secrets.first?.madeAt == key.madeAt ? nil : key.secrets.first?.madeAt,
            to: &writer)
        write("old_ends_at", key.secrets.dropFirst().compactMap(\.endsAt).max(), to: &writer)
        writer.endObject()
    }

    private static func write(_ name: StaticString, _ time: Timestamp?, to writer: inout JSONWriter) {
        writer.key(name)
        if let time { writer.value(time.milliseconds) } else { writer.null() }
    }
}
