import Achievements
import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// What there is to earn; for the operator, and for keys with the scope `admin`. Reading is everybody's.
struct AchievementRoutes {
    private let service: ProgressService

    init(_ service: ProgressService) { self.service = service }

    /// The routes.
    var all: [Route] { reading.forKeys(.open).ofHome() + changing.forKeys(.scope(.admin)).ofHome() }

    private var reading: [Route] {
        let service = service
        return [
            Route(.get, "/api/v1/achievements") { (request) async throws(ClientError) in
                _ = try request.person
                let records = try await Route.stored { () async throws(StorageError) in
                    try await service.repository.achievements()
                }
                return AchievementRoutes.list("achievements", records)
            },
            Route(.get, "/api/v1/achievements/{}") { (request) async throws(ClientError) in
                _ = try request.person
                let id = request.parameters[0]
                let versions = try await Route.stored { () async throws(StorageError) in
                    try await service.repository.versions(of: id)
                }
                guard !versions.isEmpty else { throw AchievementRoutes.unknown }
                return AchievementRoutes.list("versions", versions)
            },
        ]
    }

    private var changing: [Route] {
        let service = service
        return [
            Route(.post, "/api/v1/achievements") { (request) async throws(ClientError) in
                try AchievementRoutes.check(request)
                let forming = try AchievementForming(try request.json)
                return try await AchievementRoutes.save(forming, new: true, service)
            },
            Route(.put, "/api/v1/achievements/{}") { (request) async throws(ClientError) in
                try AchievementRoutes.check(request)
                let forming = try AchievementForming(try request.json, id: request.parameters[0])
                return try await AchievementRoutes.save(forming, new: false, service)
            },
            Route(.delete, "/api/v1/achievements/{}") { (request) async throws(ClientError) in
                try AchievementRoutes.check(request)
                let id = request.parameters[0]
                let isGone = try await Route.stored { () async throws(StorageError) in
                    try await service.repository.delete(id)
                }
                guard isGone else { throw AchievementRoutes.unknown }
                return HTTPResponse(.noContent)
            },
            Route(.post, "/api/v1/achievements/dry-run") { (request) async throws(ClientError) in
                try AchievementRoutes.check(request)
                guard let json = try request.json["rule"] else {
                    throw .invalid("rule", "A dry run needs a \"rule\".")
                }
                let rule = try AchievementForming.rule(json)
                let run = try await Route.stored { () async throws(StorageError) in
                    try await service.dryRun(rule)
                }
                return AchievementRoutes.answer(run)
            },
        ]
    }

    private static let unknown = ClientError(.notFound, "There is no such achievement.")

    private static func check(_ request: APIRequest) throws(ClientError) {
        guard try request.person.isOperator else {
            throw ClientError(.forbidden, "Only the operator may do this.")
        }
    }

    private static func save(
        _ forming: AchievementForming, new isNew: Bool, _ service: ProgressService
    ) async throws(ClientError) -> HTTPResponse {
        let saving = try await Route.stored { () async throws(StorageError) in
            try await service.save(forming.record, new: isNew)
        }
        switch saving {
        case .saved(let record): return answer(record, isNew ? .created : .ok)
        case .refused where isNew: throw ClientError(.conflict, "There is such an achievement.", field: "id")
        case .refused: throw unknown
        case .full:
            throw ClientError(
                .conflict, "There are \(service.settings.achievements) achievements already.", field: "id")
        }
    }

    // MARK: Answers

    private static func list(_ name: StaticString, _ records: [AchievementRecord]) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key(name)
        writer.beginArray()
        for record in records { ProgressForm.write(record, to: &writer) }
        writer.endArray()
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }

    private static func answer(
        _ record: AchievementRecord, _ status: HTTPStatus
    ) -> HTTPResponse {
        var writer = JSONWriter()
        ProgressForm.write(record, to: &writer)
        return HTTPResponse(status, bytes: writer.span, type: .json)
    }

    private static func answer(_ run: ProgressService.DryRun) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("events", run.events)
        writer.field("truncated", run.isCut)
        writer.field("people", run.earned.count)
        writer.key("earned")
        writer.beginArray()
        for (user, at) in run.earned.prefix(100) {
            writer.beginObject()
            writer.field("user", user)
            writer.field("at", at.milliseconds)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }
}
