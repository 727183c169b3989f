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
            guard let fault = readiness.fault else { return ready(readiness) }
            var writer = JSONWriter()
            writer.beginObject()
            writer.field("status", fault.status)
            writer.field("reason", fault.reason)
            writer.endObject()
            return HTTPResponse(.serviceUnavailable, bytes: writer.span, type: .json)
        default: return nil
        }
    }

    /// It takes work; while the broker is away those connected here go on.
    private static func ready(_ readiness: Readiness) -> HTTPResponse {
        var writer = JSONWriter()
        writer.beginObject()
        writer.field("status", "ready")
        if let since = readiness.brokerAwaySince {
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
