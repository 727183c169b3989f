import Testing

@testable import stoa_load

/// Every kind of scenario, tiny, on the real server.
@Suite("The load on our own server")
struct OwnServerTests {
    struct Shape: CustomTestStringConvertible, Sendable {
        let name: String
        let fields: String
        /// Where nothing but these are worth the time.
        var transports = "plain,tls+deflate"
        var servers = "stoa"
        var testDescription: String { name }

        var scenario: String {
            #"{"name": "\#(name)", "about": "tiny", "warm_up_ms": 50, "measure_ms": 200, \#(fields)}"#
        }
    }

    static let shapes: [Shape] = [
        Shape(
            name: "echo", fields: #""kind": "echo", "rooms": 5"#, transports: "plain,tls,deflate,tls+deflate"),
        Shape(
            name: "fanout-closed",
            fields: #""kind": "fanout", "rooms": 2, "members": 5, "arrival": {"inFlight": 2, "burst": 16}"#,
            transports: "plain,tls,deflate,tls+deflate"),
        Shape(
            name: "fanout-open",
            fields: #""kind": "fanout", "rooms": 2, "members": 5, "arrival": {"deliveriesPerSecond": 500}"#),
        // Each connection is opened while another one's bytes are being read.
        Shape(
            name: "boarding",
            fields: #""kind": "fanout", "rooms": 60, "connecting": 4,"#
                + #""arrival": {"deliveriesPerSecond": 200}"#,
            transports: "tls"),
        Shape(
            name: "durable",
            fields: #""kind": "fanout", "channel": "room", "rooms": 3, "members": 4, "publishers": 2,"#
                + #""arrival": {"inFlight": 8, "burst": 1}"#),
        Shape(
            name: "idle",
            fields: #""kind": "idle", "channel": "room", "rooms": 3, "members": 10, "publishers": 0,"#
                + #""bystander_rooms": 2, "rest_ms": 100"#),
        Shape(
            name: "storm-topics",
            fields: #""kind": "storm", "rooms": 3, "members": 10, "bystander_rooms": 2, "missed": 5"#),
        Shape(
            name: "storm-rooms",
            fields: #""kind": "storm", "channel": "room", "rooms": 3, "members": 10, "bystander_rooms": 2,"#
                + #""resets": true"#, transports: "plain"),
        Shape(
            name: "presence",
            fields: #""kind": "presence", "channel": "room", "rooms": 3, "members": 6, "publishers": 0,"#
                + #""changes_per_second": 50, "settings": {"presence.grace_ms": "50"}"#, transports: "plain"),
        Shape(
            name: "slow",
            fields: #""kind": "fanout", "members": 6, "stalled": 2, "payload_bytes": 4096, "settle_ms": 500,"#
                + #""arrival": {"deliveriesPerSecond": 600, "pattern": "even"}"#, transports: "plain"),
        Shape(
            name: "topics-of-two",
            fields: #""kind": "fanout", "rooms": 3, "members": 6, "arrival": {"inFlight": 2, "burst": 4}"#,
            transports: "plain", servers: "stoa-1,stoa-2"),
        Shape(
            name: "rooms-of-two",
            fields: #""kind": "fanout", "channel": "room", "rooms": 3, "members": 6, "publishers": 2,"#
                + #""arrival": {"inFlight": 4, "burst": 1}"#, transports: "plain", servers: "stoa-2"),
        Shape(
            name: "prices-paced",
            fields: #""kind": "prices", "members": 6, "publishers": 0, "prices": {"symbols": 10, "feeds": 2,"#
                + #""batch": 5, "ticks_per_second": 500, "watched": 4, "min_interval_ms": 20, "batched": true,"#
                + #""fields": ["price"]}"#),
        Shape(
            name: "prices-single",
            fields: #""kind": "prices", "members": 6, "publishers": 0, "stalled": 2,"#
                + #""prices": {"symbols": 10, "feeds": 3, "batch": 4, "watched": 10}"#),
        Shape(
            name: "alerts", fields: #""kind": "alerts", "members": 5, "publishers": 0, "firings": 3"#),
        Shape(
            name: "kill",
            fields: #""kind": "kill", "channel": "room", "rooms": 4, "members": 9, "bystander_rooms": 2,"#
                + #""arrival": {"deliveriesPerSecond": 300, "pattern": "even"}"#, transports: "plain",
            servers: "stoa-3"),
    ]

    @Test("nothing is lost, repeated, reordered, misrouted or damaged", arguments: shapes)
    func shape(_ shape: Shape) async throws {
        let run = try await LoadRun(
            [shape.scenario], ["--transport", shape.transports, "--compare", shape.servers])
        let outcomes = try #require(run.report?.outcomes, "\(run.text)")
        let servers = shape.servers.split(separator: ",").map(String.init)
        #expect(
            outcomes.map(\.transport.rawValue)
                == shape.transports.split(separator: ",").flatMap { transport in
                    servers.map { _ in String(transport) }
                })
        #expect(Set(outcomes.map(\.server)) == Set(servers))
        for outcome in outcomes { #expect(outcome.faults == Faults(), "\(outcome.problems)") }
        // A debug build beside other tests may keep the load too busy for its figures to count: not for its verdict.
        #expect(run.status == 0 || outcomes.contains { $0.isOpenLoop }, "\(run.text)")
        if shape.name == "durable" {
            #expect(outcomes.allSatisfy { ($0.acknowledgements?.count ?? 0) > 0 })
            #expect(outcomes.allSatisfy { ($0.figures["disk fsync p50, ms"] ?? 0) > 0 })
        }
        if shape.name.hasPrefix("prices") {
            #expect(outcomes.allSatisfy { ($0.figures["ticks stored/s"] ?? 0) > 0 && $0.latency != nil })
        }
        if shape.name == "kill" { #expect(outcomes.allSatisfy { $0.figures["returns"] == 12 }) }
    }
}
