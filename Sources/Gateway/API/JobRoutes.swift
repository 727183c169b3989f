import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// The job queue for the operator: what waits, what was given up, and what is to become of it.
struct JobRoutes {
    private let jobs: JobRepository
    private let revived: @Sendable () -> Void

    /// The routes over a queue.
    ///
    /// - Parameter revived: Called when jobs are due that were not before.
    init(_ jobs: JobRepository, revived: @escaping @Sendable () -> Void = {}) {
        self.jobs = jobs
        self.revived = revived
    }

    /// The routes.
    var all: [Route] {
        let routes = self
        let all = [
            Route(.get, "/api/v1/jobs") { (request) async throws(ClientError) in
                try await routes.list(request)
            },
            Route(.get, "/api/v1/jobs/{}") { (request) async throws(ClientError) in
                try JobRoutes.check(request)
                let job = try await Route.stored { () async throws(StorageError) in
                    try await routes.jobs.job(request.parameters[0])
                }
                guard let job else { throw JobRoutes.unknown }
                return JobRoutes.answer(job)
            },
            Route(.post, "/api/v1/jobs/retry") { (request) async throws(ClientError) in
                try await routes.retryDead(request)
            },
            Route(.post, "/api/v1/jobs/{}/retry") { (request) async throws(ClientError) in
                try JobRoutes.check(request)
                let job = try await JobRoutes.done { () async throws(StorageError) in
                    try await routes.jobs.retry(request.parameters[0])
                }
                routes.revived()
                return JobRoutes.answer(job)
            },
            Route(.delete, "/api/v1/jobs/{}") { (request) async throws(ClientError) in
                try JobRoutes.check(request)
                _ = try await JobRoutes.done { () async throws(StorageError) in
                    try await routes.jobs.drop(request.parameters[0])
                }
                return HTTPResponse(.noContent)
            },
        ]
        return all.forKeys(.scope(.admin))
    }

    // MARK: Requests

    private func list(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        try JobRoutes.check(request)
        var state: JobRecord.State?
        if let text = request.query("state") {
            state = JobRecord.State(rawValue: text)
            guard state != nil else { throw .invalid("state", JobRoutes.states) }
        }
        let (limit, wanted) = (try request.limit(), state)
        let page = try await Route.stored { () async throws(StorageError) in
            try await jobs.page(
                wanted, kind: request.query("kind"), cursor: request.query("cursor"), limit: limit)
        }
        return .page("jobs", page) { job, writer in
            writer.beginObject()
            JobRoutes.members(of: job, to: &writer)
            writer.endObject()
        }
    }

    private func retryDead(_ request: APIRequest) async throws(ClientError) -> HTTPResponse {
        try JobRoutes.check(request)
        let body = try request.json
        guard try body.text("state", 1...16) == JobRecord.State.dead.rawValue else {
            throw .invalid("state", "Jobs are revived all at once by \"state\": \"dead\".")
        }
        let kind = try body.text("kind", 1...64)
        let count = try await Route.stored { () async throws(StorageError) in
            try await jobs.retryDead(kind: kind)
        }
        if count > 0 { revived() }
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("retried", count)
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    // MARK: Parts

    private static let unknown = ClientError(.notFound, "There is no such job.")
    private static let states =
        "\"state\" is one of \(JobRecord.State.allCases.map(\.rawValue).joined(separator: ", "))."

    private static func check(_ request: APIRequest) throws(ClientError) {
        guard try request.person.isOperator else {
            throw ClientError(.forbidden, "Only the operator may do this.")
        }
    }

    private static func done(
        _ body: () async throws(StorageError) -> JobVerdict
    ) async throws(ClientError) -> JobRecord {
        switch try await Route.stored(body) {
        case .done(let job): return job
        case .unknown: throw unknown
        case .refused(.done): throw ClientError(.conflict, "This job is done.")
        case .refused: throw ClientError(.conflict, "A worker has this job: it ends, or its lease runs out.")
        }
    }

    private static func answer(_ job: JobRecord) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        members(of: job, to: &writer)
        writer.key("payload")
        writer.raw(job.payload.utf8Span.span)
        if let result = job.result {
            writer.key("result")
            writer.raw(result.utf8Span.span)
        }
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    private static func members(of job: JobRecord, to writer: inout JSONWriter) {
        writer.field("id", job.id)
        writer.field("kind", job.kind)
        writer.field("key", job.key)
        writer.field("state", job.state.rawValue)
        writer.field("user", ifPresent: job.person?.user)
        writer.field("tenant", ifPresent: job.person?.tenant)
        writer.field("attempts", job.attempts)
        writer.field("attempt_limit", job.attemptLimit)
        writer.field("error", ifPresent: job.error)
        writer.field("worker", ifPresent: job.worker.isEmpty ? nil : job.worker)
        writer.field("made_at", job.madeAt.milliseconds)
        if let end = job.endedAt {
            writer.field("ended_at", end.milliseconds)
        } else {
            writer.field("due_at", job.dueAt.milliseconds)
        }
    }
}
