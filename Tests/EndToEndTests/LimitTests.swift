import JSON
import StoaTesting
import Testing

@Suite("Limits over the wire, beside a healthy client")
struct LimitTests {
    /// Runs a body while another client is served.
    static func beside(
        _ settings: [String: String], _ body: (ServerProcess) async throws -> Void
    ) async throws {
        let server = try await ServerProcess(settings)
        let healthy = try await TestClient(server, token: ServerProcess.token("u_healthy"))
        try await body(server)
        #expect(try await healthy.request("ping")["type"]?.string == "ack")
        await server.stop()
    }

    static func client(_ server: ServerProcess, _ user: String = "u_eve") async throws -> TestClient {
        try await TestClient(server, token: ServerProcess.token(user, subscribe: ["topic:*"]))
    }

    @Test("a message beyond its bound closes with 1009")
    func messageBytes() async throws {
        try await LimitTests.beside(["limits.message_bytes": "2000"]) { server in
            let eve = try await LimitTests.client(server)
            eve.send(#"{"type":"ping","x":""# + String(repeating: "a", count: 2000) + #""}"#)
            #expect(try await eve.closeCode() == 1009)
        }
    }

    @Test("a message in more frames than allowed closes the connection")
    func frames() async throws {
        try await LimitTests.beside(["limits.frames_per_message": "8"]) { server in
            let eve = try await LimitTests.client(server)
            eve.sendRaw([0x01, 0x80, 0, 0, 0, 0])
            for _ in 0..<10 { eve.sendRaw([0x00, 0x80, 0, 0, 0, 0]) }
            #expect([1008, 1009].contains(try await eve.closeCode()))
        }
    }

    @Test("a flood of pings closes with 4005")
    func controlFrames() async throws {
        try await LimitTests.beside(["limits.control_frames_per_second": "20"]) { server in
            let eve = try await LimitTests.client(server)
            for _ in 0..<100 { eve.send(.ping, []) }
            #expect(try await eve.closeCode() == 4005)
        }
    }

    @Test("requests beyond the rate are refused with the time to wait, and the connection stays")
    func commands() async throws {
        try await LimitTests.beside(["limits.commands_per_second": "5"]) { server in
            let eve = try await LimitTests.client(server)
            // All at once: however slow the machine, they do not come at the rate.
            for number in 0..<200 { eve.send(#"{"type":"ping","id":"\#(number)"}"#) }
            let refusal = try await eve.push("error")
            #expect(refusal["code"]?.string == "rate_limited")
            #expect((1...200).contains(refusal["retry_after_ms"]?.integer ?? 0))
        }
    }

    @Test("channels of one connection are bounded")
    func channels() async throws {
        try await LimitTests.beside(["limits.channels": "3"]) { server in
            let eve = try await LimitTests.client(server)
            try await eve.request("subscribe", #""channels":["topic:a","topic:b","topic:c"]"#)
            await #expect(throws: Refused.self) {
                try await eve.request("subscribe", #""channels":["topic:d"]"#)
            }
            try await eve.request("unsubscribe", #""channels":["topic:a"]"#)
            try await eve.request("subscribe", #""channels":["topic:d"]"#)
        }
    }

    @Test("connections from one address, of one person and in all are bounded, each in its words")
    func connections() async throws {
        try await LimitTests.beside(["limits.connections_per_user": "2"]) { server in
            let first = try await LimitTests.client(server)
            let second = try await LimitTests.client(server)
            let third = try await TestClient(server, token: ServerProcess.token("u_eve"), welcome: false)
            #expect(try await third.closeCode() == 4505)
            first.cut()
            _ = second
        }
        try await LimitTests.beside(["limits.connections_per_address": "2"]) { server in
            let first = try await LimitTests.client(server)
            #expect(try await server.http("GET", "/health/live").status == 429)
            first.close()
        }
        try await LimitTests.beside(["limits.connections": "2"]) { server in
            let first = try await LimitTests.client(server)
            #expect(try await server.http("GET", "/health/live").status == 503)
            first.close()
        }
    }

    @Test("who says nothing is closed: 4506 without a token, 4003 without a pong")
    func silence() async throws {
        try await LimitTests.beside(["websocket.auth_ms": "200"]) { server in
            let nobody = try await TestClient(server, welcome: false)
            #expect(try await nobody.closeCode() == 4506)
        }
        let server = try await ServerProcess(["websocket.ping_ms": "1000", "websocket.pong_ms": "500"])
        // A connection that reads and never answers.
        let dead = try RawConnection(port: server.port)
        dead.send(
            "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer "
                + ServerProcess.token("u_dead") + "\r\n\r\n")
        let all = try await dead.receive { bytes, isEnded in isEnded ? bytes : nil }
        #expect(all.firstRange(of: [0x0F, 0xA3] + Array("no_pong".utf8)) != nil)
        await server.stop()
    }

    @Test("a head that drips is cut after its time, an unfinished body after its own")
    func slowRequests() async throws {
        try await LimitTests.beside(["http.header_ms": "200", "http.body_ms": "200"]) { server in
            let slow = try RawConnection(port: server.port)
            slow.send("GET / HTTP/1.1\r\nHo")
            #expect(try await slow.receiveAll().contains("408"))
            let body = try RawConnection(port: server.port)
            body.send("POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
            #expect(try await body.receiveAll().contains("408"))
            let silent = try RawConnection(port: server.port)
            #expect(try await silent.receiveAll().isEmpty)
        }
    }
}
