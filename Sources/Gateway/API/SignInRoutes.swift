import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// Tokens of this server: the next ones, their end, and for the operator the first ones.
struct SignInRoutes {
    private let service: SignInService

    init(_ service: SignInService) { self.service = service }

    /// The routes.
    var all: [Route] { [begin].forKeys(.scope(.admin)) + [refresh, logout] }

    private var begin: Route {
        let service = service
        return Route(.post, "/api/v1/users/{}/sign-ins") { (request) async throws(ClientError) in
            guard try request.person.isOperator else {
                throw ClientError(.forbidden, "Only the operator may sign others in.")
            }
            let person = try request.subject
            guard !TokenRules.isProgram(person.user) else {
                throw .invalid("user", "Such ids are the server's own: nobody is signed in by them here.")
            }
            let body = request.body.isEmpty ? .object([]) : try request.json
            let name = try body.text("name", 1...64) ?? person.user
            guard TokenRules.isName(name) else {
                throw .invalid("name", "A name has 1 to 64 bytes, something to see and nothing hidden.")
            }
            let grants = try SignInRoutes.grants(body)
            do throws(SignInService.Refusal) {
                let issued = try await service.begin(person, name: name, grants: grants)
                return SignInRoutes.answer(issued, .created)
            } catch {
                throw SignInRoutes.refusal(error)
            }
        }
    }

    private var refresh: Route {
        let service = service
        return Route(.post, "/api/v1/auth/refresh") { (request) async throws(ClientError) in
            guard let token = try request.json.text("refresh_token", 1...128) else {
                throw .invalid("refresh_token", "A refresh token is needed.")
            }
            do throws(SignInService.Refusal) {
                return SignInRoutes.answer(try await service.refresh(token))
            } catch {
                throw SignInRoutes.refusal(error, field: "refresh_token")
            }
        }
    }

    private var logout: Route {
        let service = service
        return Route(.post, "/api/v1/auth/logout") { (request) async throws(ClientError) in
            let body = request.body.isEmpty ? .object([]) : try request.json
            let everywhere = try body.flag("everywhere") ?? false
            let token = try body.text("refresh_token", 1...128)
            // A refresh token ends its own sign-in without an access token, which may have run out.
            let person = token == nil || everywhere ? try request.person : nil
            do throws(StorageError) {
                if let token { try await service.end(refreshToken: token) }
                if everywhere, let person {
                    try await service.endAll(of: person.key)
                } else if let person, try await !service.end(person) {
                    throw StorageError.notFound("an id of the token")
                }
            } catch {
                guard case .notFound = error else { throw error.clientError }
                throw ClientError(
                    .invalidField,
                    "This token has no id, so it cannot be taken back alone: sign out everywhere, or let it run out.",
                    field: "everywhere")
            }
            return HTTPResponse(.noContent)
        }
    }

    // MARK: Parts

    private static func grants(_ body: JSONValue) throws(ClientError) -> SignInService.Grants {
        var grants = SignInService.Grants()
        grants.subscribe = try patterns(body, "subscribe")
        grants.publish = try patterns(body, "publish")
        return grants
    }

    private static func patterns(_ body: JSONValue, _ name: String) throws(ClientError) -> [String] {
        guard let value = body["channels"]?[name] else { return [] }
        let texts = value.array?.compactMap(\.string) ?? []
        guard let list = value.array, texts.count == list.count, texts.count <= TokenRules.patternLimit,
            texts.allSatisfy(TokenRules.isGrant)
        else { throw .invalid("channels", "\"\(name)\" is a list of topics or patterns of them.") }
        return texts
    }

    /// Why there are no tokens, in a client's words.
    static func refusal(_ error: SignInService.Refusal, field: String? = nil) -> ClientError {
        switch error {
        case .token(let error): BearerToken.refusal(error, field: field)
        case .store(let error): error.clientError
        }
    }

    /// The tokens as they are handed out.
    static func answer(_ issued: SignInService.Issued, _ status: HTTPStatus = .ok) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("access_token", issued.accessToken)
        writer.field("refresh_token", issued.refreshToken)
        writer.field("expires_at", issued.expiresAt.milliseconds)
        writer.key("user")
        writer.beginObject()
        writer.field("id", issued.signIn.person.user)
        writer.field("name", issued.signIn.name)
        writer.endObject()
        writer.endObject()
        return HTTPResponse(status, bytes: writer.span, type: .json)
    }
}
