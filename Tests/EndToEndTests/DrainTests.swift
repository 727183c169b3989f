import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Drain")
struct DrainTests {
    private static func joined(
        _ server: ServerProcess, _ room: String, count: Int
    ) async throws -> [TestClient] {
        var clients: [TestClient] = []
        for number in 0..<count {
            let client = try await TestClient(server, token: ServerProcess.token("u_\(number)"))
            try await client.request("join", #""room":"\#(room)""#)
            clients.append(client)
        }
        return clients
    }

    @Test("each client is told its own moment within the window, and talks on in it (G3)")
    func window() async throws {
        let server = try await ServerProcess([
            "drain.window_ms": "60000", "loops": "2", "metrics.listen": "127.0.0.1:0",
        ])
        let room = try await server.room(#""max_participants":0"#)
        let clients = try await DrainTests.joined(server, room, count: 16)
        let kept = try RawConnection(port: server.port)
        kept.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await kept.receive { bytes, _ in bytes.isEmpty ? nil : bytes.removeAll() }
        server.signal(SIGTERM)
        let delays = Mutexed<[Int64]>([])
        try await each(clients) { _, client in
            let hint = try await client.push("reconnect")
            delays.append(hint["after_ms"]?.integer ?? -1)
        }
        #expect(delays.value.allSatisfy { (0...60_000).contains($0) })
        #expect(Set(delays.value).count > 8, "\(delays.value)")
        // Not ready from the first hint on; a kept connection is served, and told that it ends.
        let ready = try await server.watch("/health/ready")
        #expect(ready.status == 503 && ready.json?["status"]?.string == "draining")
        kept.send("GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n")
        let answer = try await kept.receiveAll().lowercased()
        #expect(answer.hasPrefix("http/1.1 503"))
        #expect(answer.contains("connection: close"))
        // Who goes is let go; the others talk on, until the window ends, here since it is asked again.
        for client in clients[..<8] { client.close() }
        for client in clients[8...] {
            try await client.request("chat_message", #""room":"\#(room)","content":"still here""#)
        }
        #expect(server.isRunning)
        server.signal(SIGTERM)
        for client in clients[8...] { #expect(try await client.closeCode() == 4000) }
        #expect(await server.exitStatus() == 0)
    }

    @Test("who does not go is closed at the window's end (G3)")
    func windowEnds() async throws {
        let server = try await ServerProcess(["drain.window_ms": "400", "loops": "2"])
        let room = try await server.room(#""max_participants":0"#)
        let clients = try await DrainTests.joined(server, room, count: 4)
        server.signal(SIGTERM)
        for client in clients {
            let hint = try await client.push("reconnect")
            #expect((0...400).contains(hint["after_ms"]?.integer ?? -1))
            #expect(try await client.closeCode() == 4000)
        }
        #expect(await server.exitStatus() == 0)
    }

    @Test(
        "under load whatever is durable was acknowledged before the close, and nobody is closed without a hint"
    )
    func load() async throws {
        let server = try await ServerProcess(["drain.window_ms": "400", "loops": "2"])
        let room = try await server.room(#""max_participants":0"#)
        let clients = try await DrainTests.joined(server, room, count: 8)
        let acknowledged = Mutexed<[String]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, client) in clients.enumerated() {
                group.addTask {
                    // Without waiting for replies: many are on their way when the end comes.
                    var sent = 0
                    while (try? await client.closeCode(within: 0.001)) == nil {
                        // No more than it reads as well: this is not about readers that lag.
                        let answered = client.log.count { $0["type"]?.string == "ack" }
                        for _ in 0..<(sent - answered < 200 ? 4 : 0) {
                            sent += 1
                            let name = "\(number)-\(sent)"
                            client.send(
                                #"{"type":"chat_message","id":"\#(name)","room":"\#(room)","client_id":"\#(name)","content":"x"}"#
                            )
                        }
                    }
                    let code = try await client.closeCode()
                    #expect(code == 4000)
                    let log = client.log
                    #expect(log.contains { $0["type"]?.string == "reconnect" })
                    acknowledged.append(
                        contentsOf: log.filter { $0["type"]?.string == "ack" }.compactMap { $0["id"]?.string }
                    )
                }
            }
            group.addTask {
                try await eventually("they talk") { clients[0].log.count > 50 }
                server.signal(SIGTERM)
            }
            for try await _ in group {}
        }
        #expect(await server.exitStatus() == 0)
        try await server.start()
        var durable: Set<String> = []
        let reader = try await TestClient(server, token: ServerProcess.token("u_reader"))
        try await reader.request("join", #""room":"\#(room)""#)
        var before = ""
        while true {
            let page = try await reader.request("history", #""room":"\#(room)","limit":100"# + before)
            let messages = page["messages"]?.array ?? []
            durable.formUnion(messages.compactMap { $0["client_id"]?.string })
            guard page["more_before"]?.bool == true, let first = messages.first?["seq"]?.integer else {
                break
            }
            before = #","before":\#(first)"#
        }
        #expect(durable.count > 50)
        #expect(durable == Set(acknowledged.value))
        await server.stop()
    }

    @Test("a second signal hurries: a shorter hint, then the close, after what was sent is acknowledged")
    func second() async throws {
        let server = try await ServerProcess(["drain.window_ms": "600000"])
        let room = try await server.room()
        let client = try await DrainTests.joined(server, room, count: 1)[0]
        server.signal(SIGTERM)
        _ = try await client.push("reconnect")
        try await client.request("chat_message", #""room":"\#(room)","content":"still here""#)
        server.signal(SIGINT)
        let hint = try await client.push("reconnect")
        #expect((0...1000).contains(hint["after_ms"]?.integer ?? -1))
        #expect(try await client.closeCode() == 4000)
        #expect(await server.exitStatus() == 0)
    }

    @Test("the window ends when nobody is left, whatever its length")
    func early() async throws {
        let server = try await ServerProcess(["drain.window_ms": "600000"])
        let client = try await TestClient(server, token: ServerProcess.token("u_ann"))
        // Idle, and not worth waiting for.
        let idle = try RawConnection(port: server.port)
        idle.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        _ = try await idle.receive { bytes, _ in bytes.isEmpty ? nil : bytes.removeAll() }
        server.signal(SIGTERM)
        _ = try await client.push("reconnect")
        client.close()
        #expect(await server.exitStatus() == 0)
    }

    @Test("who comes while the server lingers is served, and told to come back like the others")
    func newcomer() async throws {
        let server = try await ServerProcess(["drain.window_ms": "600000", "drain.linger_ms": "600000"])
        let first = try await TestClient(server, token: ServerProcess.token("u_ann"))
        server.signal(SIGTERM)
        _ = try await first.push("reconnect")
        let second = try await TestClient(server, token: ServerProcess.token("u_bob"))
        let hint = try await second.push("reconnect")
        #expect((hint["after_ms"]?.integer ?? -1) >= 0)
        let page = try RawConnection(port: server.port)
        page.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(try await page.receiveAll().lowercased().contains("connection: close"))
        server.signal(SIGTERM)
        for client in [first, second] { #expect(try await client.closeCode() == 4000) }
        #expect(await server.exitStatus() == 0)
    }

    @Test("`stoa drain` stops the server and waits for its end; --now hurries; without a server it fails")
    func command() async throws {
        let server = try await ServerProcess(["drain.window_ms": "600000"])
        let data = server.dataDirectory.path
        let client = try await TestClient(server, token: ServerProcess.token("u_ann"))
        let refused = try await server.http(
            "POST", "/api/v1/drain", "{}", token: ServerProcess.token("u_ann"))
        #expect(refused.code == "forbidden")
        let impatient = try await Tool.stoa("drain", "--wait", "0", "--data-dir", data)
        #expect(impatient.status == 1 && impatient.errors.contains("still there"), "\(impatient.text)")
        _ = try await client.push("reconnect")
        #expect(server.isRunning)
        let tool = try await Tool.stoa("drain", "--now", "--data-dir", data)
        #expect(tool.status == 0, "\(tool.text)")
        #expect(await server.exitStatus() == 0)
        #expect(try await client.closeCode() == 4000)
        let gone = try await Tool.stoa("drain", "--data-dir", data)
        #expect(gone.status == 1 && gone.errors.contains("no server runs"))
    }
}
