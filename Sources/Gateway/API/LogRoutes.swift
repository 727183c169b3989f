import ClientProtocol
import HTTP
import Identity
import JSON
import Rooms
import Telemetry

/// The log's level while the server runs; for the operator alone.
struct LogRoutes {
    /// The routes.
    var all: [Route] {
        [
            Route(.get, "/api/v1/log") { (request) async throws(ClientError) in
                try LogRoutes.check(request)
                return LogRoutes.answer()
            },
            Route(.put, "/api/v1/log") { (request) async throws(ClientError) in
                try LogRoutes.check(request)
                guard let name = try request.json.text("level", 1...16), let level = LogLevel(name: name)
                else {
                    let names = LogLevel.allCases.map(\.name).joined(separator: ", ")
                    throw .invalid("level", "\"level\" is one of \(names).")
                }
                let before = Log.level
                Log.level = min(level, .notice)
                Log.notice("the log's level is \(level.name), it was \(before.name)")
                Log.level = level
                return LogRoutes.answer()
            },
        ]
    }

    private static func check(_ request: APIRequest) throws(ClientError) {
        guard try request.person.isOperator else {
            throw ClientError(.forbidden, "Only the operator may see and change the log's level.")
        }
    }

    private static func answer() -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("level", Log.level.name)
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }
}
