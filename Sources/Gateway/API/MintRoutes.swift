import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// What is to be minted: highlights by their authors, and the queue for the worker outside who mints.
struct MintRoutes {
    /// Jobs of one request.
    private static let batchLimit: Int64 = 100
    private static let leaseBounds: ClosedRange<Int64> = 1000...3_600_000

    private let mints: MintRepository
    private let rooms: RoomService

    init(_ mints: MintRepository, _ rooms: RoomService) {
        self.mints = mints
        self.rooms = rooms
    }

    /// The routes.
    var all: [Route] {
        highlights.forKeys(reading: .readRooms, else: .writeRooms).ofHome()
            + work.forKeys(.scope(.writeProgress)).ofHome()
    }

    // MARK: Highlights

    private var highlights: [Route] {
        let (mints, rooms) = (mints, rooms)
        return [
            Route(.get, "/api/v1/rooms/{}/messages/{}/mint") { (request) async throws(ClientError) in
                let (room, message) = (request.parameters[0], request.parameters[1])
                _ = try await rooms.highlight(message, in: room, for: try request.person)
                let job = try await Route.stored { () async throws(StorageError) in
                    try await mints.jobs.job(MintRepository.kind, key: MintRepository.key(highlight: message))
                }
                guard let job else { throw ClientError(.notFound, "Nobody has asked for it to be minted.") }
                return MintRoutes.standing(job, .ok)
            },
            Route(.post, "/api/v1/rooms/{}/messages/{}/mint") { (request) async throws(ClientError) in
                let person = try request.person
                let (room, message) = (request.parameters[0], request.parameters[1])
                let highlight = try await rooms.highlight(message, in: room, for: person)
                guard highlight.author.id == person.user else {
                    throw ClientError(.forbidden, "A highlight is minted for whoever made it.")
                }
                let key = MintRepository.key(highlight: message)
                let payload = MintRoutes.payload(highlight, room)
                let job = try await Route.stored { () async throws(StorageError) -> JobRecord? in
                    let job = NewJob(
                        MintRepository.kind, key: key, payload: payload,
                        about: PersonKey(tenant: person.tenant, user: person.user))
                    try await mints.jobs.enqueue([job])
                    return try await mints.jobs.job(MintRepository.kind, key: key)
                }
                guard let job else { throw ClientError(.internal, "The job is gone.") }
                return MintRoutes.standing(job, .accepted)
            },
        ]
    }

    private static func payload(_ highlight: MessageRecord, _ room: String) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("for", "highlight")
        writer.field("user", highlight.author.id)
        writer.field("room", room)
        writer.field("message", highlight.id)
        writer.field("document", ifPresent: highlight.documentID)
        if let text = highlight.highlight {
            writer.key("highlight")
            writer.raw(text.utf8Span.span)
        }
        writer.field("at", highlight.at.milliseconds)
        writer.endObject()
        return writer.text()
    }

    private static func standing(_ job: JobRecord, _ status: HTTPStatus) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("job", job.id)
        writer.field("state", job.state.rawValue)
        if let result = job.result {
            writer.key("result")
            writer.raw(result.utf8Span.span)
        }
        writer.endObject()
        return HTTPResponse(status, bytes: writer.span, type: .json)
    }

    // MARK: Work

    private var work: [Route] {
        let mints = mints
        return [
            Route(.post, "/api/v1/jobs/lease") { (request) async throws(ClientError) in
                let (worker, body) = (try MintRoutes.worker(request), try request.json)
                guard body["kinds"] == nil || body["kinds"] == .array([.string(MintRepository.kind)]) else {
                    throw .invalid("kinds", "Workers outside do jobs of the kind mint.")
                }
                let limit = try body.integer("limit", 1...MintRoutes.batchLimit) ?? 1
                let lease = try body.integer("lease_ms", MintRoutes.leaseBounds) ?? 60_000
                let jobs = try await Route.stored { () async throws(StorageError) in
                    try await mints.jobs.lease(
                        [MintRepository.kind], worker: worker, limit: Int(limit), milliseconds: lease)
                }
                return MintRoutes.list(jobs)
            },
            Route(.post, "/api/v1/jobs/{}/complete") { (request) async throws(ClientError) in
                _ = try MintRoutes.worker(request)
                let (job, lease) = try await MintRoutes.leased(request, mints)
                guard let mint = try request.json["result"]?.text("mint", 1...256) else {
                    throw .invalid("result", "What was minted is told as \"result\": {\"mint\": \"…\"}.")
                }
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("mint", mint)
                writer.endObject()
                let result = writer.text()
                let payload = try? JSONValue(parsing: job.payload)
                let isDone = try await Route.stored { () async throws(StorageError) in
                    try await mints.complete(
                        job, lease: lease, achievement: payload?["achievement"]?.string, mint: mint,
                        result: result)
                }
                guard isDone else { throw MintRoutes.lost }
                return HTTPResponse(.noContent)
            },
            Route(.post, "/api/v1/jobs/{}/fail") { (request) async throws(ClientError) in
                _ = try MintRoutes.worker(request)
                let (job, lease) = try await MintRoutes.leased(request, mints)
                let reason = try request.json.text("error", 1...1000) ?? "the worker did not say why"
                let failed = try await Route.stored { () async throws(StorageError) in
                    try await mints.jobs.fail(job.id, lease: lease, reason: reason)
                }
                guard let failed else { throw MintRoutes.lost }
                return MintRoutes.standing(failed, .ok)
            },
            Route(.post, "/api/v1/jobs/{}/extend") { (request) async throws(ClientError) in
                _ = try MintRoutes.worker(request)
                let (job, lease) = try await MintRoutes.leased(request, mints)
                let milliseconds = try request.json.integer("lease_ms", MintRoutes.leaseBounds) ?? 60_000
                let isHeld = try await Route.stored { () async throws(StorageError) in
                    try await mints.jobs.extend(job.id, lease: lease, milliseconds: milliseconds)
                }
                guard isHeld else { throw MintRoutes.lost }
                return HTTPResponse(.noContent)
            },
        ]
    }

    private static let lost = ClientError(.conflict, "This lease is not the job's any more.", field: "lease")

    /// Who works; a key has the scope for it, or would not be here.
    private static func worker(_ request: APIRequest) throws(ClientError) -> String {
        let person = try request.person
        guard person.isOperator || person.scopes != nil else {
            throw ClientError(.forbidden, "Jobs are for workers with a service key.")
        }
        return person.user
    }

    /// The job of the path, which is a worker's, and the lease that the worker shows.
    private static func leased(
        _ request: APIRequest, _ mints: MintRepository
    ) async throws(ClientError) -> (JobRecord, lease: String) {
        guard let lease = try request.json.text("lease", 1...64) else {
            throw .invalid("lease", "A worker shows the \"lease\" that it got.")
        }
        let job = try await Route.stored { () async throws(StorageError) in
            try await mints.jobs.job(request.parameters[0])
        }
        guard let job, job.kind == MintRepository.kind else {
            throw ClientError(.notFound, "There is no such job.")
        }
        return (job, lease)
    }

    private static func list(_ jobs: [JobRecord]) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("jobs")
        writer.beginArray()
        for job in jobs {
            writer.beginObject()
            writer.field("id", job.id)
            writer.field("kind", job.kind)
            writer.field("lease", job.lease)
            writer.field("expires_at", job.dueAt.milliseconds)
            writer.field("attempts", job.attempts)
            writer.key("payload")
            writer.raw(job.payload.utf8Span.span)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }
}
