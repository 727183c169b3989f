import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Storage

/// The ledger's sums for the operator.
struct ProgressUpkeepRoutes {
    private let repository: ProgressRepository
    private let rebuilt: @Sendable () -> Void

    /// The routes over a store.
    ///
    /// - Parameter rebuilt: Called when sums were made anew.
    init(_ repository: ProgressRepository, rebuilt: @escaping @Sendable () -> Void = {}) {
        self.repository = repository
        self.rebuilt = rebuilt
    }

    /// The routes.
    var all: [Route] {
        let (repository, rebuilt) = (repository, rebuilt)
        let route = Route(.post, "/api/v1/progress/rebuild") { (request) async throws(ClientError) in
            guard try request.person.isOperator else {
                throw ClientError(.forbidden, "Only the operator may do this.")
            }
            let user = request.body.isEmpty ? nil : try request.json.text("user", 1...64)
            let mended = try await Route.stored { () async throws(StorageError) in
                try await repository.rebuild(of: user)
            }
            rebuilt()
            var writer = JSONWriter()
            writer.beginObject()
            writer.field("mended", mended)
            writer.endObject()
            return HTTPResponse(.ok, bytes: writer.span, type: .json)
        }
        return [route].forKeys(.scope(.admin))
    }
}
