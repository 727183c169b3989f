import ClientProtocol
import HTTP
import Identity
import PubSub
import Reactor
import Telemetry

/// `/metrics`, for whoever watches the server.
struct MetricsRoutes {
    private let doors: [Mailbox<GatewayMail>]
    private let hub: Hub
    private let others: @Sendable (inout Exposition) -> Void

    /// Routes over the loops' gateways.
    ///
    /// - Parameter others: Writes what the process and its store tell.
    init(
        doors: [Mailbox<GatewayMail>], hub: Hub, others: @escaping @Sendable (inout Exposition) -> Void
    ) {
        self.doors = doors
        self.hub = hub
        self.others = others
    }

    /// The route.
    var all: [Route] {
        let routes = self
        return [
            Route(.get, "/metrics") { (request) async throws(ClientError) in
                let person = try request.person
                guard person.mayReadMetrics || person.isOperator else {
                    throw ClientError(.forbidden, "Your token does not let you read metrics.")
                }
                let format = Exposition.Format(accept: request.headers["accept"])
                var response = HTTPResponse(.ok, text: await routes.text(format))
                response.headers.set("content-type", format.contentType)
                return response
            }
        ]
    }

    private func text(_ format: Exposition.Format) async -> String {
        let report = await report()
        var text = Exposition(format)
        report.writeConnections(&text)
        report.writeCommands(&text, others: hub.errors.all)
        report.writeStreams(&text)
        report.writeLoops(&text)
        others(&text)
        return text.finish()
    }

    /// Asks all loops at once; each answers between two pieces of its work.
    private func report() async -> ServerReport {
        let doors = doors
        let parts = await withTaskGroup(of: (Int, LoopReport).self) { group in
            for (index, door) in doors.enumerated() {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        door.post(.measure { continuation.resume(returning: (index, $0)) })
                    }
                }
            }
            var parts: [(Int, LoopReport)] = []
            for await part in group { parts.append(part) }
            return parts
        }
        return ServerReport(loops: parts.sorted { $0.0 < $1.0 }.map(\.1))
    }
}
