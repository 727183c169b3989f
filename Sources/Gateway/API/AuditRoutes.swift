import ClientProtocol
import HTTP
import Rooms

/// The record of privileged acts in rooms.
struct AuditRoutes {
    private let service: RoomService

    init(_ service: RoomService) { self.service = service }

    /// The route.
    var all: [Route] {
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
}
