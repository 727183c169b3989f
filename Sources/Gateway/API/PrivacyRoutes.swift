import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// Export and erasure of what is kept of a person: by themselves, or by the operator for them.
struct PrivacyRoutes {
    private let service: PrivacyService

    init(_ service: PrivacyService) { self.service = service }

    /// The routes.
    var all: [Route] { own + others.forKeys(.scope(.admin)) + [receipt] }

    private var own: [Route] {
        let routes = self
        return [
            Route(.post, "/api/v1/me/export") { (request) async throws(ClientError) in
                try await routes.ask(.export, of: request.person.key)
            },
            Route(.get, "/api/v1/me/export/{}") { (request) async throws(ClientError) in
                PrivacyRoutes.answer(try await routes.export(request.parameters[0], of: request.person.key))
            },
            Route(.get, "/api/v1/me/export/{}/parts/{}") { (request) async throws(ClientError) in
                let job = try await routes.export(request.parameters[0], of: request.person.key)
                return try await routes.part(request.parameters[1], of: job)
            },
            Route(.post, "/api/v1/me/erase") { (request) async throws(ClientError) in
                let person = try request.person.key
                try PrivacyRoutes.confirm(request, person)
                return try await routes.ask(.erase, of: person)
            },
        ]
    }

    private var others: [Route] {
        let routes = self
        return [
            Route(.post, "/api/v1/users/{}/export") { (request) async throws(ClientError) in
                try await routes.ask(.export, of: request.subjectOfOperator)
            },
            Route(.get, "/api/v1/users/{}/export/{}") { (request) async throws(ClientError) in
                let person = try request.subjectOfOperator
                return PrivacyRoutes.answer(try await routes.export(request.parameters[1], of: person))
            },
            Route(.get, "/api/v1/users/{}/export/{}/parts/{}") { (request) async throws(ClientError) in
                let person = try request.subjectOfOperator
                let job = try await routes.export(request.parameters[1], of: person)
                return try await routes.part(request.parameters[2], of: job)
            },
            Route(.post, "/api/v1/users/{}/erase") { (request) async throws(ClientError) in
                let person = try request.subjectOfOperator
                try PrivacyRoutes.confirm(request, person)
                return try await routes.ask(.erase, of: person)
            },
        ]
    }

    /// What came of an erasure. Whoever asked for it cannot sign in any more: the id, which nobody guesses, is enough.
    private var receipt: Route {
        let service = service
        return Route(.get, "/api/v1/erasures/{}") { (request) async throws(ClientError) in
            let job: PrivacyJob?
            do throws(StorageError) {
                job = try await service.job(request.parameters[0])
            } catch {
                throw error.clientError
            }
            guard let job, job.kind == .erase else { throw PrivacyRoutes.unknown }
            return PrivacyRoutes.answer(job)
        }
    }

    // MARK: Parts

    private static let unknown = ClientError(.notFound, "There is no such job.")

    /// Nobody erases by a slip, or by a form of another site's page: the id is repeated.
    private static func confirm(_ request: APIRequest, _ person: PersonKey) throws(ClientError) {
        guard try request.json.text("confirm", 1...64) == person.user else {
            throw .invalid("confirm", "Repeat the person's id in \"confirm\": this cannot be taken back.")
        }
    }

    private func ask(_ kind: PrivacyJob.Kind, of person: PersonKey) async throws(ClientError) -> HTTPResponse
    {
        do throws(StorageError) {
            return PrivacyRoutes.answer(try await service.ask(kind, of: person), .accepted)
        } catch {
            throw error.clientError
        }
    }

    private func export(_ id: String, of person: PersonKey) async throws(ClientError) -> PrivacyJob {
        let job: PrivacyJob?
        do throws(StorageError) {
            job = try await service.job(id)
        } catch {
            throw error.clientError
        }
        guard let job, job.kind == .export, job.person == person else { throw PrivacyRoutes.unknown }
        if let end = job.expiresAt, end <= .now() { throw PrivacyRoutes.unknown }
        return job
    }

    private func part(_ number: String, of job: PrivacyJob) async throws(ClientError) -> HTTPResponse {
        guard job.state == .done, let number = Int(number), (0..<job.parts).contains(number) else {
            throw ClientError(.notFound, "There is no such part.")
        }
        do throws(StorageError) {
            guard let part = try await service.part(number, of: job.id) else {
                throw StorageError.notFound("a part of an export")
            }
            return HTTPResponse(.ok, bytes: part.utf8Span.span, type: .jsonLines)
        } catch {
            throw error.clientError
        }
    }

    private static func answer(_ job: PrivacyJob, _ status: HTTPStatus = .ok) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("job", job.id)
        writer.field("state", job.state.rawValue)
        if job.kind == .export {
            writer.field("parts", job.state == .done ? job.parts : 0)
            writer.key("expires_at")
            if let end = job.expiresAt { writer.value(end.milliseconds) } else { writer.null() }
        }
        writer.key("receipt")
        if let receipt = job.receipt { writer.raw(receipt.utf8Span.span) } else { writer.null() }
        writer.optional("hash", job.hash)
        writer.endObject()
        return HTTPResponse(status, bytes: writer.span, type: .json)
    }
}
