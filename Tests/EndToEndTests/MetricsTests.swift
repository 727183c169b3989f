import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Metrics")
struct MetricsTests {
    private static let listening = ["metrics.listen": "127.0.0.1:0"]

    @Test("each counter moves by what was done, and gauges fall back (issue 4, section 4)")
    func counters() async throws {
        let server = try await ServerProcess(
            MetricsTests.listening.merging(["presence.grace_ms": "0"]) { $1 })
        let room = try await server.room()
        let before = try await server.metrics()
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        let bob = try await TestClient(server, token: ServerProcess.token("u_bob"))
        for client in [ann, bob] { try await client.request("join", #""room":"\#(room)""#) }
        for number in 1...3 {
            try await ann.request("chat_message", #""room":"\#(room)","content":"\#(number)""#)
            _ = try await bob.push("new_message")
        }
        await #expect(throws: Refused.self) { try await ann.request("leave", #""room":"elsewhere""#) }
        await #expect(throws: Refused.self) {
            try await ann.request("chat_message", #""room":"\#(room)","content":"x","reply_to":"none""#)
        }
        let during = try await server.metrics()
        for (series, change) in [
            ("stoa_connections_accepted_total", 2), ("stoa_sessions_total", 2),
            (#"stoa_connections{kind="websocket",state="live"}"#, 2),
            ("stoa_room_joins_total", 2), ("stoa_present_people", 2), ("stoa_rooms", 1),
            (#"stoa_commands_total{type="join"}"#, 2), (#"stoa_commands_total{type="chat_message"}"#, 4),
            (#"stoa_commands_total{type="leave"}"#, 1), (#"stoa_commands_total{type="publish"}"#, 0),
            (#"stoa_errors_total{code="not_joined",over="websocket"}"#, 1),
            (#"stoa_errors_total{code="message_not_found",over="websocket"}"#, 1),
            (#"stoa_deliveries_total{class="essential"}"#, 6),
            (#"stoa_store_appends_total{outcome="appended"}"#, 3),
            (#"stoa_store_appends_total{outcome="refused"}"#, 1),
            ("stoa_store_batch_appends_sum", 4),
            (#"stoa_http_requests_total{method="GET",route="/ws",status="1xx"}"#, 2),
            (#"stoa_http_request_seconds_count{route="/ws"}"#, 2),
        ] { #expect(during(series) - before(series) == Double(change), "\(series)") }
        #expect(during(#"stoa_ring_bytes{of="rooms"}"#) > before(#"stoa_ring_bytes{of="rooms"}"#))
        #expect(during("stoa_received_bytes_total") > before("stoa_received_bytes_total"))
        #expect(during("stoa_sent_bytes_total") > before("stoa_sent_bytes_total"))

        try await ann.request("leave", #""room":"\#(room)""#)
        ann.close()
        #expect(try await ann.closeCode() == 1000)
        bob.cut()
        try await eventually("both are gone") {
            try await server.metrics()(#"stoa_connections{kind="websocket",state="live"}"#) == 0
        }
        try await eventually("nobody is present") { try await server.metrics()("stoa_present_people") == 0 }
        let after = try await server.metrics()
        #expect(after(#"stoa_closes_total{by="client",code="1000"}"#) == 1)
        #expect(after(#"stoa_closes_total{by="client",code="1006"}"#) == 1)
        #expect(after(#"stoa_room_leaves_total{reason="requested"}"#) == 1)
        #expect(after(#"stoa_room_leaves_total{reason="gone"}"#) == 1)
        await server.stop()
    }

    @Test("the bytes of a fan-out are counted like those of a reply")
    func bytes() async throws {
        let server = try await ServerProcess(MetricsTests.listening)
        let token = ServerProcess.token("u_ann", subscribe: ["topic:*"], publish: ["topic:*"])
        let reader = try await TestClient(server, token: token)
        let publisher = try await TestClient(server, token: token)
        try await reader.request("subscribe", #""channels":["topic:a"]"#)
        let before = try await server.metrics()
        // Ten times as long as a scrape, whose own bytes are counted too.
        let data = String(repeating: "x", count: 50_000)
        for _ in 1...6 {
            publisher.send(#"{"type":"publish","channel":"topic:a","data":"\#(data)"}"#)
            _ = try await reader.push("publication")
        }
        let after = try await server.metrics()
        for name in ["stoa_received_bytes_total", "stoa_sent_bytes_total"] {
            #expect((300_000..<400_000).contains(after(name) - before(name)), "\(name)")
        }
        await server.stop()
    }

    @Test("what returns after missing something is counted as replay or gap")
    func recovery() async throws {
        let server = try await ServerProcess(
            MetricsTests.listening.merging(["rooms.replay_events": "2"]) { $1 })
        let room = try await server.room()
        let token = ServerProcess.token("u_ann", subscribe: ["topic:*"], publish: ["topic:*"])
        let ann = try await TestClient(server, token: token)
        let epoch = try await ann.request("join", #""room":"\#(room)""#)["epoch"]?.string ?? ""
        for number in 1...4 {
            try await ann.request("chat_message", #""room":"\#(room)","content":"\#(number)""#)
            try await ann.request("publish", #""channel":"topic:a","data":\#(number)"#)
        }
        for (seq, user) in [(3, "u_b"), (0, "u_c")] {
            let client = try await TestClient(server, token: ServerProcess.token(user))
            try await client.request(
                "join", #""room":"\#(room)","since":{"epoch":"\#(epoch)","seq":\#(seq)}"#)
        }
        try await ann.request(
            "subscribe", #""channels":["topic:a"],"since":{"topic:a":{"epoch":"old","offset":1}}"#)
        let metrics = try await server.metrics()
        #expect(metrics(#"stoa_replayed_total{of="rooms"}"#) == 1)
        #expect(metrics(#"stoa_gaps_total{of="rooms",reason="limit"}"#) == 1)
        #expect(metrics(#"stoa_gaps_total{of="topics",reason="epoch"}"#) == 1)
        #expect(metrics(#"stoa_topics{kind="topic"}"#) == 1)
        #expect(metrics("stoa_topic_publications_total") == 4)
        await server.stop()
    }

    @Test("a thousand paths, methods and close codes of a peer's own add no series")
    func boundedLabels() async throws {
        let server = try await ServerProcess(MetricsTests.listening)
        _ = try await server.http("GET", "/nothing")
        _ = try await server.http("BREW", "/nothing")
        let first = try await TestClient(server, token: ServerProcess.token("u_ann"))
        first.send(.close, [0x0B, 0xB8])
        _ = try await first.closeCode()
        let before = try await server.metrics()
        let connection = try RawConnection(port: server.port)
        for number in 0..<1000 {
            let method = number % 3 == 0 ? "M\(number)" : "GET"
            connection.send("\(method) /p\(number)?q=\(UUID()) HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        connection.finish()
        _ = try await connection.receiveAll(within: 30)
        for number in 0..<20 {
            let client = try await TestClient(server, token: ServerProcess.token("u_\(number)"))
            client.send(.close, [0x0F, UInt8(number)])
            _ = try await client.closeCode()
        }
        let after = try await server.metrics()
        #expect(Set(after.values.keys) == Set(before.values.keys))
        let none = #"stoa_http_requests_total{method="other",route="none",status="4xx"}"#
        #expect(after(none) - before(none) == 1000)
        #expect(after(#"stoa_closes_total{by="client",code="other"}"#) == 21)
        await server.stop()
    }

    @Test("metrics are for tokens with the right and for a listener of their own, which has nothing else")
    func rights() async throws {
        let server = try await ServerProcess(MetricsTests.listening)
        #expect(try await server.http("GET", "/metrics").status == 401)
        let other = ServerProcess.token("u_ann")
        #expect(try await server.http("GET", "/metrics", token: other).code == "forbidden")
        let right = ServerProcess.token("u_prometheus", metrics: true)
        let answer = try await server.http("GET", "/metrics", token: right)
        #expect(answer.status == 200)
        #expect(answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        _ = try MetricsText(answer.text)
        let accept = "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"
        let open = try await server.http("GET", "/metrics", token: right, headers: ["Accept": accept])
        #expect(open.headers["content-type"]?.hasPrefix("application/openmetrics-text") == true)
        _ = try MetricsText(open.text, isOpen: true)
        for path in ["/", "/ws", "/api/v1/server", "/api/v1/rooms", "/api/v1/log"] {
            #expect(try await server.watch(path).status == 404, "\(path)")
        }
        #expect(try await server.watch("/health/ready").status == 200)
        let change = try await server.http("PUT", "/api/v1/log", #"{"level":"debug"}"#, token: right)
        #expect(change.status == 403)
        #expect(try await server.http("GET", "/api/v1/log").status == 401)
        await server.stop()
        let closed = try await ServerProcess()
        #expect(!closed.output.contains { $0.hasPrefix("metrics on") })
        await closed.stop()
    }

    @Test("the scrape of a server with a thousand connections in rooms is as short as of one with none")
    func size() async throws {
        let server = try await ServerProcess(
            MetricsTests.listening.merging([
                // Clients that only wait must not be taken for gone on a busy machine.
                "limits.connections_per_address": "0", "websocket.ping_ms": "3600000",
            ]) { $1 })
        let roomy = #""max_participants":1000"#
        let rooms = try await [server.room(roomy), server.room(roomy), server.room(roomy)]
        var clients: [TestClient] = []
        for number in 0..<1000 {
            let client = try await TestClient(server, token: ServerProcess.token("u_\(number % 200)"))
            client.send(#"{"type":"join","room":"\#(rooms[number % 3])"}"#)
            clients.append(client)
        }
        try await eventually("all are there", within: 60) {
            try await server.metrics()("stoa_room_joins_total") == 1000
        }
        let answer = try await server.watch("/metrics")
        // Nothing grows with connections, rooms or people but digits.
        #expect(answer.body.count < 40_000)
        #expect(try MetricsText(answer.text)(#"stoa_connections{kind="websocket",state="live"}"#) == 1000)
        withExtendedLifetime(clients) {}
        await server.stop()
    }

    @Test("TLS handshakes are counted as full, resumed and failed")
    func handshakes() async throws {
        let folder = try await CertificateFolder("one.test")
        let server = try await ServerProcess(
            MetricsTests.listening.merging(folder.settings("one.test")) { $1 })
        let session = server.directory.appending(path: "session").path
        let client = "openssl s_client -connect 127.0.0.1:\(server.port) -tls1_2 -servername one.test"
        for option in ["-sess_out \(session)", "-sess_in \(session)"] {
            _ = try await Tool.shell("echo | \(client) \(option)")
        }
        let plain = try RawConnection(port: server.port)
        plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        _ = try await plain.receiveAll()
        let metrics = try await server.metrics()
        for (result, count) in [("full", 1), ("resumed", 1), ("failed", 1)] {
            #expect(
                metrics(#"stoa_tls_handshakes_total{result="\#(result)"}"#) == Double(count), "\(result)")
        }
        #expect(metrics("stoa_tls_handshake_seconds_count") == 2)
        await server.stop()
    }

    // MARK: What is written about them

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test("the page Metrics lists every metric with its type and meaning, and no other")
    func page() async throws {
        let server = try await ServerProcess(MetricsTests.listening)
        let metrics = try await server.metrics()
        await server.stop()
        let file = MetricsTests.root.appending(path: "Sources/stoa/stoa.docc/Metrics.md")
        let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter {
            $0.hasPrefix("| `")
        }
        var listed: Set<String> = []
        for row in rows {
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let name = cells[0].trimmingCharacters(in: ["`"])
            listed.insert(name)
            #expect(cells.count == 4 && !(cells.last ?? "").isEmpty, "\(name)")
            #expect(cells[1] == metrics.types[name], "\(name)")
            #expect(cells[2] == metrics.helps[name], "\(name)")
        }
        #expect(listed == Set(metrics.types.keys))
    }

    @Test("the dashboard queries only what the server tells, by a data source of the reader's choice")
    func dashboard() async throws {
        let server = try await ServerProcess(MetricsTests.listening)
        let metrics = try await server.metrics()
        await server.stop()
        var known = Set(metrics.types.filter { $0.value != "histogram" }.keys)
        for family in metrics.types.filter({ $0.value == "histogram" }).keys {
            known.formUnion([family + "_bucket", family + "_sum", family + "_count"])
        }
        let file = MetricsTests.root.appending(path: "loadtest/grafana/stoa.json")
        let board = try JSONValue(parsing: [UInt8](Data(contentsOf: file)).span)
        let panels = board["panels"]?.array ?? []
        let rows = panels.filter { $0["type"]?.string == "row" }.compactMap { $0["title"]?.string }
        #expect(rows == ["Traffic", "Latency", "Store", "Loops", "Errors", "Gates"])
        var queried: Set<String> = []
        for panel in panels where panel["type"]?.string != "row" {
            #expect(panel["datasource"]?["uid"]?.string == "${source}", "\(panel["title"]?.string ?? "")")
            let targets = panel["targets"]?.array ?? []
            #expect(!targets.isEmpty)
            for target in targets {
                for match in (target["expr"]?.string ?? "").matches(of: /(?:stoa|process)_[a-z_]+/) {
                    queried.insert(String(match.output))
                }
            }
        }
        #expect(queried.count > 25)
        #expect(queried.subtracting(known).sorted() == [])
        let variables = board["templating"]?["list"]?.array ?? []
        #expect(variables.contains { $0["type"]?.string == "datasource" && $0["name"]?.string == "source" })
    }
}
