import Bytes
import HTTP
import JSON

/// Whether the server lives and takes work, for those who run it.
enum HealthRoutes {
    /// The answer at a path; nil where it is none of these.
    static func answer(_ path: String, _ readiness: Readiness) -> HTTPResponse? {
        switch path {
        case "/health/live": return HTTPResponse(.ok, text: #"{"status":"live"}"#, type: .json)
        case "/health/ready":
            switch readiness.standing {
            case .takesWork(let absences): return ready(absences)
            case .refuses(let fault):
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("status", fault.status)
                writer.field("reason", fault.reason)
                writer.endObject()
                return HTTPResponse(.serviceUnavailable, bytes: writer.span, type: .json)
            }
        default: return nil
        }
    }

    /// It takes work; what is away is told, since those connected here go on.
    private static func ready(_ absences: Readiness.Absences) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("status", absences.store == nil ? "ready" : "degraded")
        if let reason = absences.store {
            writer.key("store")
            writer.beginObject()
            writer.field("status", "away")
            writer.field("reason", reason)
            writer.endObject()
        }
        if let since = absences.brokerSince {
            writer.key("broker")
            writer.beginObject()
            writer.field("status", "away")
            writer.field("since", since.milliseconds)
            writer.endObject()
        }
        writer.endObject()
        return HTTPResponse(.ok, bytes: writer.span, type: .json)
    }
}
