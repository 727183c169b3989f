import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import PubSub
import Reactor
import Rooms
import Storage

/// One's own name, for people whom the server signs in itself.
struct NameRoutes {
    private let signIns: SignInService
    private let doors: [Mailbox<GatewayMail>]
    private let rooms: RoomContext
    private let limiter = RateLimiter()
    /// Every change is told to all rooms that one is in.
    private static let quota = RateQuota.quarterHour(20)

    init(_ signIns: SignInService, doors: [Mailbox<GatewayMail>], rooms: RoomContext) {
        self.signIns = signIns
        self.doors = doors
        self.rooms = rooms
    }

    /// The routes.
    var all: [Route] {
        let routes = self
        return [
            Route(.patch, "/api/v1/me") { (request) async throws(ClientError) in
                try await routes.rename(request)
            }
        ]
    }

    private func rename(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        let person = try request.person
        try request.requireJSON()
        guard let name = try request.json.text("name", 1...64), TokenRules.isName(name) else {
            throw .invalid("name", "A name has 1 to 64 bytes, something to see and nothing hidden.")
        }
        let wait = limiter.take(person.inbox, NameRoutes.quota, now: Timestamp.now().milliseconds).wait
        guard wait == 0 else {
            throw ClientError(.rateLimited, "You changed your name often. Wait a while.", retryAfter: wait)
        }
        let renamed: SignInService.Renamed
        do throws(SignInService.NameRefusal) {
            renamed = try await signIns.rename(person, to: name)
        } catch {
            throw NameRoutes.refusal(error)
        }
        for door in doors { door.post(.renamed(person.key, name)) }
        if person.isAtHome {
            let author = Author(id: person.user, name: name, isBot: person.isBot)
            for room in renamed.rooms { rooms.post(.renamed(room: room, author), to: room) }
        }
        return NameRoutes.answer(renamed, person.user, name)
    }

    private static func answer(
        _ renamed: SignInService.Renamed, _ user: String, _ name: String
    ) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("access_token", renamed.accessToken)
        writer.field("expires_at", renamed.expiresAt.milliseconds)
        writer.key("user")
        writer.beginObject()
        writer.field("id", user)
        writer.field("name", name)
        writer.endObject()
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    private static func refusal(_ error: SignInService.NameRefusal) -> ClientError {
        switch error {
        case .elsewhere: ClientError(.forbidden, "Your name comes from where you signed in.")
        case .ended: BearerToken.refusal(.revoked)
        case .store(let error): error.clientError
        }
    }
}
