import ClientProtocol
import PubSub
import Reactor
import Telemetry

extension ServerReport {
    /// Connections, sessions, HTTP and TLS.
    func writeConnections(_ text: inout Exposition) {
        text.begin(
            Metric(
                "stoa_connections", .gauge,
                "Connections open, by kind and state: HTTP (polling: a long poll waits), WebSockets, server-sent events."
            ))
        let polls = sum { $0.gateway.polls }
        text.sample(sum { $0.httpConnections } - polls, ["kind": "http", "state": "open"])
        text.sample(polls, ["kind": "http", "state": "polling"])
        text.sample(
            sum { $0.gateway.sessions.awaitingToken }, ["kind": "websocket", "state": "awaiting_token"])
        text.sample(sum { $0.gateway.sessions.live }, ["kind": "websocket", "state": "live"])
        text.sample(sum { $0.gateway.sessions.closing }, ["kind": "websocket", "state": "closing"])
        text.sample(sum { $0.gateway.eventStreams.live }, ["kind": "events", "state": "live"])
        text.sample(sum { $0.gateway.eventStreams.closing }, ["kind": "events", "state": "closing"])
        text.sample(sum { $0.otherConnections }, ["kind": "other", "state": "open"])
        text.add(
            Metric("stoa_connections_accepted_total", .counter, "Connections accepted, by all listeners."),
            sum { $0.gateway.accepted })
        text.begin(
            Metric(
                "stoa_connections_refused_total", .counter,
                "Connections not served, by reason; descriptors counts pauses of accepting."))
        let refused = sums { $0.gateway.refused }
        for reason in GatewayCounters.Refusal.allCases {
            text.sample(refused[reason] ?? 0, ["reason": reason.rawValue])
        }
        text.sample(sum { $0.shortages }, ["reason": "descriptors"])
        text.add(
            Metric("stoa_sessions_total", .counter, "Sessions begun with a good token."),
            sum { $0.gateway.sessionsBegun })
        writeCloses(&text)
        writeTLS(&text)
        writeRequests(&text)
    }

    private func writeCloses(_ text: inout Exposition) {
        text.begin(
            Metric(
                "stoa_closes_total", .counter,
                "Sessions ended, by close code and by who began; 1006 is an end without a close frame, other a code that the peer made up."
            ))
        for (side, counts) in [
            ("server", sums { $0.gateway.closesHere }), ("client", sums { $0.gateway.closesByPeer }),
        ] {
            for code in GatewayCounters.closeCodes {
                text.sample(counts[code] ?? 0, ["by": side, "code": "\(code)"])
            }
            text.sample(counts[0] ?? 0, ["by": side, "code": "other"])
        }
    }

    private func writeTLS(_ text: inout Exposition) {
        text.begin(
            Metric("stoa_tls_handshakes_total", .counter, "TLS handshakes of clients, by how they went."))
        text.sample(sum { $0.loop.fullHandshakes }, ["result": "full"])
        text.sample(sum { $0.loop.resumedHandshakes }, ["result": "resumed"])
        text.sample(sum { $0.loop.failedHandshakes }, ["result": "failed"])
        text.add(
            Metric(
                "stoa_tls_handshake_seconds", .histogram, "How long clients waited for a TLS handshake."),
            histogram(HistogramBounds.handshake) { $0.loop.handshakes }, unit: 1e-9)
    }

    private func writeRequests(_ text: inout Exposition) {
        text.begin(
            Metric(
                "stoa_http_requests_total", .counter,
                "HTTP requests answered, by route and class of status; upgrades are 1xx."))
        let answers = sums { $0.gateway.answers }
        for (answer, count) in answers.sorted(by: { "\($0.key)" < "\($1.key)" }) {
            text.sample(
                count,
                ["method": answer.method, "route": answer.route, "status": "\(answer.statusClass)xx"])
        }
        text.begin(
            Metric(
                "stoa_http_request_seconds", .histogram,
                "From a whole HTTP request to its answer, by route."))
        var latencies: [String: Histogram] = [:]
        for loop in loops {
            for (route, histogram) in loop.gateway.latencies {
                latencies[route, default: Histogram(HistogramBounds.request)].add(histogram)
            }
        }
        for (route, histogram) in latencies.sorted(by: { $0.key < $1.key }) {
            text.sample(histogram, unit: 1e-9, ["route": route])
        }
    }

    /// Requests on WebSockets and errors.
    ///
    /// - Parameter others: Errors that rooms and readings sent.
    func writeCommands(_ text: inout Exposition, others: [ErrorCode: Int]) {
        text.begin(
            Metric(
                "stoa_commands_total", .counter, "Requests on WebSockets within their rate, by type."))
        for (index, kind) in Command.Kind.allCases.enumerated() {
            text.sample(sum { $0.gateway.commands[index] }, ["type": kind.name])
        }
        text.begin(
            Metric("stoa_errors_total", .counter, "Errors sent to clients, by code of the catalogue."))
        let refusals = sums { $0.gateway.refusals }
        let problems = sums { $0.gateway.problems }
        for code in ErrorCode.allCases {
            text.sample(
                (refusals[code] ?? 0) + (others[code] ?? 0), ["code": code.rawValue, "over": "websocket"])
            text.sample(problems[code] ?? 0, ["code": code.rawValue, "over": "http"])
        }
    }
}
