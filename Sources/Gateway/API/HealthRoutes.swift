import HTTP
import JSON

/// Whether the server lives and takes work, for those who run it.
enum HealthRoutes {
    /// The answer at a path; nil where it is none of these.
    static func answer(_ path: String, _ readiness: Readiness) -> HTTPResponse? {
        switch path {
        case "/health/live": return HTTPResponse(.ok, text: #"{"status":"live"}"#, type: .json)
        case "/health/ready":
            guard let fault = readiness.fault else {
                return HTTPResponse(.ok, text: #"{"status":"ready"}"#, type: .json)
            }
            var writer = JSONWriter()
            writer.beginObject()
            writer.field("status", fault.status)
            writer.field("reason", fault.reason)
            writer.endObject()
            return HTTPResponse(.serviceUnavailable, bytes: writer.span, type: .json)
        default: return nil
        }
    }
}
