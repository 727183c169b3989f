import Bytes
import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// The record of privileged acts: a room's for its moderators, all of it for the operator.
struct AuditRoutes {
    private let service: RoomService
    private let trail: AuditTrail

    init(_ service: RoomService, _ trail: AuditTrail) {
        self.service = service
        self.trail = trail
    }

    /// A room's record.
    var rooms: [Route] {
        let service = service
        return [
            Route(.get, "/api/v1/rooms/{}/audit") { (request) async throws(ClientError) in
                .json(
                    try await service.auditLog(
                        request.person, request.parameters[0], cursor: request.query("cursor"),
                        limit: request.limit()))
            }
        ]
    }

    /// All of it.
    var server: [Route] {
        let trail = trail
        let route = Route(.get, "/api/v1/audit") { (request) async throws(ClientError) in
            guard try request.person.isOperator else {
                throw ClientError(.forbidden, "Only the operator may do this.")
            }
            let filter = try AuditRoutes.filter(request)
            switch request.query("format") ?? "json" {
            case "json": return try await AuditRoutes.page(trail, filter, request)
            case "ndjson": return try await AuditRoutes.lines(trail, filter, request)
            default: throw .invalid("format", "\"format\" is json or ndjson.")
            }
        }
        return [route].forKeys(.scope(.admin))
    }

    private static func filter(_ request: APIRequest) throws(ClientError) -> AuditFilter {
        var filter = AuditFilter()
        filter.tenant = request.query("tenant")
        filter.actor = request.query("actor")
        filter.action = request.query("action")
        filter.target = request.query("target")
        filter.room = request.query("room")
        let times: ClosedRange<Int64> = 0...253_402_300_799_999
        filter.since = try request.number("since", times).map { Timestamp(milliseconds: $0) }
        filter.until = try request.number("until", times).map { Timestamp(milliseconds: $0) }
        return filter
    }

    private static func page(
        _ trail: AuditTrail, _ filter: AuditFilter, _ request: APIRequest
    ) async throws(ClientError) -> HTTPResponse {
        let limit = try request.limit()
        let page: Page<AuditRecord>
        do throws(StorageError) {
            page = try await trail.page(filter, cursor: request.query("cursor"), limit: limit)
        } catch {
            throw error.clientError
        }
        return .page("entries", page) { $0.write(to: &$1) }
    }

    private static func lines(
        _ trail: AuditTrail, _ filter: AuditFilter, _ request: APIRequest
    ) async throws(ClientError) -> HTTPResponse {
        let limit = Int(try request.number("limit", 1...10_000) ?? 1000)
        let entries: [AuditRecord]
        do throws(StorageError) {
            entries = try await trail.lines(filter, after: request.query("after") ?? "", limit: limit)
        } catch {
            throw error.clientError
        }
        var text: [UInt8] = []
        for entry in entries {
            var writer = JSONWriter()
            entry.write(to: &writer)
            text += [UInt8](writer.span)
            text.append(UInt8(ascii: "\n"))
        }
        return HTTPResponse(.ok, bytes: text.span, type: .jsonLines)
    }
}

extension AuditRecord {
    /// Writes a line as the operator sees it.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.field("id", id)
        writer.field("at", at.milliseconds)
        writer.field("tenant", tenant)
        writer.field("by", actor)
        writer.field("action", action)
        writer.optional("room", room)
        writer.optional("target", target)
        writer.key("details")
        if let details { writer.raw(details.utf8Span.span) } else { writer.null() }
        writer.optional("address", address)
        writer.optional("request_id", requestID)
        writer.field("outcome", outcome)
        writer.field("count", count)
        writer.endObject()
    }
}
