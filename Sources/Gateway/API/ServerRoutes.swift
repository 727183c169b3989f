import Bytes
import ClientProtocol
import HTTP
import JSON

/// What the server tells of itself.
struct ServerRoutes {
    private let settings: GatewaySettings

    init(settings: GatewaySettings) { self.settings = settings }

    /// The route.
    var all: [Route] {
        let isDev = settings.dev
        return [
            Route(.get, "/api/v1/server") { (_) async throws(ClientError) in
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("name", "Stoa")
                writer.field("version", ServerVersion.current)
                writer.field("dev", isDev)
                writer.endObject()
                return HTTPResponse(.ok, bytes: writer.span, type: .json)
            }
        ]
    }
}
