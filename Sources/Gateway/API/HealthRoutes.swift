import HTTP

/// Whether the server lives and takes work, for those who run it.
enum HealthRoutes {
    /// The answer at a path; nil where it is none of these.
    static func answer(_ path: String, _ readiness: Readiness) -> HTTPResponse? {
        switch path {
        case "/health/live": HTTPResponse(.ok, text: #"{"status":"live"}"#, type: .json)
        case "/health/ready":
            readiness.isReady
                ? HTTPResponse(.ok, text: #"{"status":"ready"}"#, type: .json)
                : HTTPResponse(.serviceUnavailable, text: #"{"status":"draining"}"#, type: .json)
        default: nil
        }
    }
}
