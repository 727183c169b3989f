import Bytes
import ClientProtocol
import HTTP
import JSON

/// What the server tells of itself.
struct ServerRoutes {
    private let settings: GatewaySettings
    private let methods: SignInMethods

    init(settings: GatewaySettings, methods: SignInMethods) {
        self.settings = settings
        self.methods = methods
    }

    /// The routes.
    var all: [Route] {
        let isDev = settings.dev
        let methods = methods
        return [
            Route(.get, "/api/v1/server") { (_) async throws(ClientError) in
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("name", "Stoa")
                writer.field("version", ServerVersion.current)
                writer.field("dev", isDev)
                writer.endObject()
                return HTTPResponse(.ok, bytes: writer.span, type: .json)
            },
            Route(.get, "/api/v1/auth/methods") { (_) async throws(ClientError) in methods.answer },
        ]
    }
}
