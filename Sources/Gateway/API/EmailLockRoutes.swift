import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms

/// Lifts the limits of a mail address; for the operator alone.
struct EmailLockRoutes {
    private let locks: EmailLocks

    init(_ locks: EmailLocks) { self.locks = locks }

    /// The routes.
    var all: [Route] {
        let locks = locks
        // Posted, since a path stands in logs.
        let lift = Route(.post, "/api/v1/emails/unlock") { (request) async throws(ClientError) in
            guard try request.person.isOperator else {
                throw ClientError(.forbidden, "Only the operator may do this.")
            }
            let body = try request.json
            guard let address = try body.text("address", 1...EmailAddress.byteLimit) else {
                throw .invalid("address", "Which address?")
            }
            let tenant = try body.text("tenant", 1...64) ?? Principal.homeTenant
            do throws(EmailRefusal) {
                return EmailLockRoutes.answer(try await locks.lift(address, tenant: tenant))
            } catch {
                throw EmailRoutes.refusal(error)
            }
        }
        return [lift].forKeys(.scope(.admin))
    }

    private static func answer(_ user: String?) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.optional("user", user)
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }
}
