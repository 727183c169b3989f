import ClientProtocol
import Glibc
import HTTP
import Identity
import JSON
import Rooms

/// How an operator's wish that the server stops reaches whoever stops it.
public struct DrainRequests: Sendable {
    /// Takes the wish: to begin, or not to wait any longer.
    public let ask: @Sendable (_ hurries: Bool) -> Void
    /// How long it takes at most, in milliseconds.
    public let milliseconds: Int64

    /// A way to whoever stops the server.
    public init(milliseconds: Int64, _ ask: @escaping @Sendable (_ hurries: Bool) -> Void) {
        self.ask = ask
        self.milliseconds = milliseconds
    }
}

/// Stopping in order; for the operator alone.
struct DrainRoutes {
    private let requests: DrainRequests

    init(_ requests: DrainRequests) { self.requests = requests }

    /// The routes.
    var all: [Route] {
        let requests = requests
        return [
            Route(.post, "/api/v1/drain") { (request) async throws(ClientError) in
                guard try request.person.isOperator else {
                    throw ClientError(.forbidden, "Only the operator may stop the server.")
                }
                let body = request.body.isEmpty ? .object([]) : try request.json
                requests.ask(try body.flag("hurry") ?? false)
                var writer = JSONWriter()
                writer.beginObject()
                writer.field("process", Int64(getpid()))
                writer.field("within_ms", requests.milliseconds)
                writer.endObject()
                return HTTPResponse(.accepted, bytes: writer.span, type: .json)
            }
        ]
    }
}
