import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import PubSub
import Rooms
import Storage

/// Signing in with a code that comes by e-mail.
struct EmailRoutes {
    private let people: EmailSignIn
    private let requests: NetworkLimit
    private let proofs: NetworkLimit

    /// The routes over people and their mailboxes.
    ///
    /// - Parameters:
    ///   - limit: How many sign-ins one account may have in a quarter of an hour; see ``NetworkLimit``.
    ///   - rates: What the processes count together; nil where this one serves alone.
    init(_ people: EmailSignIn, limit: Int, rates: (any SharedRates)?) {
        self.people = people
        requests = NetworkLimit("email-requests", limit, rates)
        proofs = NetworkLimit("email-proofs", limit, rates)
    }

    /// The routes.
    var all: [Route] {
        let routes = self
        return [
            Route(.post, "/api/v1/auth/email") { (request) async throws(ClientError) in
                try await routes.request(request)
            },
            Route(.post, "/api/v1/auth/email/verify") { (request) async throws(ClientError) in
                try await routes.verify(request)
            },
            Route(.get, "/api/v1/auth/emails") { (request) async throws(ClientError) in
                try await routes.list(request)
            },
            Route(.post, "/api/v1/auth/emails") { (request) async throws(ClientError) in
                try await routes.link(request)
            },
            Route(.delete, "/api/v1/auth/emails") { (request) async throws(ClientError) in
                try await routes.unlink(request)
            },
        ]
    }

    private func request(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        try request.requireJSON()
        try await requests.check(request)
        let address = try EmailRoutes.address(try request.json)
        do throws(EmailRefusal) {
            try await people.request(address)
        } catch {
            throw EmailRoutes.refusal(error)
        }
        return HTTPResponse(.accepted)
    }

    private func verify(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        try request.requireJSON()
        try await proofs.check(request)
        let body = try request.json
        let address = try EmailRoutes.address(body)
        let code = try EmailRoutes.code(body)
        let name = try body.text("name", 1...64)
        if let name, !TokenRules.isName(name) {
            throw .invalid("name", "A name has 1 to 64 bytes, something to see and nothing hidden.")
        }
        do throws(EmailRefusal) {
            return SignInRoutes.answer(try await people.verify(address, code: code, name: name))
        } catch {
            throw EmailRoutes.refusal(error)
        }
    }

    // MARK: One's own addresses

    private func list(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        let person = try request.person
        do throws(EmailRefusal) {
            let addresses = try await people.addresses(of: person)
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("emails")
            writer.beginArray()
            for address in addresses { EmailRoutes.write(address, to: &writer) }
            writer.endArray()
            writer.endObject()
            return HTTPResponse(.ok, bytes: writer.span, type: .json)
        } catch {
            throw EmailRoutes.refusal(error)
        }
    }

    private func link(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        let person = try request.person
        try request.requireJSON()
        try await proofs.check(request)
        let body = try request.json
        let (address, code) = (try EmailRoutes.address(body), try EmailRoutes.code(body))
        do throws(EmailRefusal) {
            let linked = try await people.link(address, code: code, to: person)
            var writer = JSONWriter()
            EmailRoutes.write(linked, to: &writer)
            return HTTPResponse(.ok, bytes: writer.span, type: .json)
        } catch {
            throw EmailRoutes.refusal(error)
        }
    }

    private func unlink(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        let person = try request.person
        try request.requireJSON()
        let address = try EmailRoutes.address(try request.json)
        do throws(EmailRefusal) {
            try await people.unlink(address, from: person)
        } catch {
            throw EmailRoutes.refusal(error)
        }
        return HTTPResponse(.noContent)
    }

    // MARK: Parts

    private static func write(_ email: EmailPerson, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("address", email.address)
        writer.field("linked_at", email.linkedAt.milliseconds)
        writer.field("used_at", email.usedAt.milliseconds)
        writer.endObject()
    }

    private static func code(_ body: JSONValue) throws(ClientError) -> String {
        guard let code = try body.text("code", 1...16), EmailCode.isWhole(code) else {
            throw .invalid("code", "\"code\" is the six digits of the mail.")
        }
        return code
    }

    private static func address(_ body: JSONValue) throws(ClientError) -> String {
        guard let address = try body.text("address", 1...EmailAddress.byteLimit) else {
            throw .invalid("address", "Which address?")
        }
        return address
    }

    /// The refusal that a client sees.
    static func refusal(_ error: EmailRefusal) -> ClientError {
        switch error {
        case .address: .invalid("address", "This is no address that mails are sent to, as ann@example.org.")
        case .code:
            ClientError(
                .codeInvalid, "The code is wrong, has run out, was used, or another one was sent since.",
                field: "code")
        case .tooOften(let excess):
            .beyond(excess, "codes", "Too many codes for this address. Wait a while.")
        case .full: ClientError(.unavailable, "Too many mails wait to go out. Try again.", retryAfter: 30_000)
        case .taken: ClientError(.conflict, "This address is another person's.")
        case .tooManyAddresses: ClientError(.conflict, "You have as many addresses as one may have.")
        case .notTheirs: ClientError(.notFound, "You have no such address.")
        case .last:
            ClientError(.conflict, "This is your only way to sign in: without it you could not come back.")
        case .notLocked: ClientError(.notFound, "No codes were asked for or tried for this address lately.")
        case .elsewhere:
            ClientError(.forbidden, "You sign in elsewhere; an address would not sign you in here.")
        case .noTokens(let refusal): SignInRoutes.refusal(refusal)
        case .store(let error): error.clientError
        }
    }
}
