import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON

/// Tickets for those who can set no field in a WebSocket's handshake.
struct TicketRoutes {
    private let desk: TicketDesk

    init(_ desk: TicketDesk) { self.desk = desk }

    /// The route.
    var all: [Route] {
        let desk = desk
        return [
            Route(.post, "/api/v1/auth/ticket") { (request) async throws(ClientError) in
                let person = try request.person
                do throws(TicketDesk.Refusal) {
                    let (ticket, expiresAt) = try await desk.issue(
                        person, token: BearerToken.text(request.headers))
                    var writer = JSONWriter()
                    writer.beginObject()
                    writer.field("ticket", ticket)
                    writer.field("expires_at", expiresAt.milliseconds)
                    writer.endObject()
                    return HTTPResponse(.created, bytes: writer.span, type: .json)
                } catch {
                    switch error {
                    case .tooManyOfPerson:
                        throw ClientError(
                            .rateLimited, "You have many tickets that were not used.",
                            retryAfter: TicketDesk.lifetime)
                    case .full:
                        throw ClientError(.unavailable, "There are no tickets at present.", retryAfter: 5000)
                    }
                }
            }
        ]
    }
}
