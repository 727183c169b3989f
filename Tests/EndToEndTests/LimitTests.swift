import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Limits over the wire")
struct LimitTests {
    /// A client that must be served while others are refused.
    private struct Healthy {
        let client: TestClient
        let room: String

        init(_ server: ServerProcess) async throws {
            room = try await server.room()
            client = try await TestClient(server, token: ServerProcess.token("u_healthy"))
            try await client.request("join", #""room":"\#(room)""#)
        }

        func check() async throws {
            try await client.request("chat_message", #""room":"\#(room)","content":"still here""#)
        }
    }

    // MARK: HTTP

    @Test("lines, header fields and bodies have bounds: 414, 431, 413 and the end (issue 3, section 2)")
    func heads() async throws {
        let server = try await ServerProcess()
        let healthy = try await Healthy(server)
        let long = String(repeating: "a", count: 9000)
        let many = (0..<120).map { "X-\($0): y\r\n" }.joined()
        let wide = (0..<9).map { "X-\($0): \(String(repeating: "y", count: 2000))\r\n" }.joined()
        let chunks = String(repeating: "10000\r\n\(String(repeating: "z", count: 65_536))\r\n", count: 17)
        for (request, status) in [
            ("GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n", 414),
            ("GET / HTTP/1.1\r\nHost: a\r\nX: \(long)\r\n\r\n", 431),
            ("GET / HTTP/1.1\r\nHost: a\r\n\(many)\r\n", 431),
            ("GET / HTTP/1.1\r\nHost: a\r\n\(wide)\r\n", 431),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1048577\r\n\r\n", 413),
            ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)", 413),
        ] {
            let connection = try RawConnection(port: server.port)
            connection.send(request)
            let answer = try await connection.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(request.prefix(60)): \(answer.prefix(60))")
        }
        try await healthy.check()
        await server.stop()
    }

    @Test("slow heads and bodies get 408 in time, idle connections end (issue 3, section 2)")
    func slowness() async throws {
        let server = try await ServerProcess([
            "http.header_ms": "300", "http.body_ms": "400", "http.idle_ms": "600",
        ])
        let healthy = try await Healthy(server)
        let get = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
        for (text, expected) in [
            ("", []), ("GET / HTTP/1.1\r\nHos", ["408"]), (get, ["200"]), (get + "GET / HT", ["200", "408"]),
            ("POST /api/v1/rooms HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc", ["408"]),
            (get + "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n", ["200", "408"]),
        ] {
            let connection = try RawConnection(port: server.port)
            connection.send(text)
            let answer = try await connection.receiveAll()
            let statuses = answer.components(separatedBy: "HTTP/1.1 ").dropFirst().map {
                String($0.prefix(3))
            }
            #expect(statuses == expected, "\(text)")
        }
        try await healthy.check()
        await server.stop()
    }

    @Test("connections have bounds per address (429), in all (503) and per person (4505), each given back")
    func connections() async throws {
        for (key, status) in [("limits.connections_per_address", 429), ("limits.connections", 503)] {
            let server = try await ServerProcess([key: "3"])
            let healthy = try await Healthy(server)
            var others: [RawConnection] = []
            // One that comes while an earlier one is on its way out is refused: then the next one fills the place.
            try await eventually("the bound is reached") {
                others.append(try RawConnection(port: server.port))
                let answer = try await server.http("GET", "/health/live")
                if answer.status == status { #expect(answer.headers["retry-after"] != nil) }
                return answer.status == status
            }
            try await healthy.check()
            for other in others { other.cut() }
            try await eventually("there is room again") {
                try await server.http("GET", "/health/live").status == 200
            }
            await server.stop()
        }
        let server = try await ServerProcess(["limits.connections_per_user": "2"])
        let healthy = try await Healthy(server)
        let token = ServerProcess.token("u_many")
        let two = [try await TestClient(server, token: token), try await TestClient(server, token: token)]
        let third = try await TestClient(server, token: token, welcome: false)
        #expect(try await third.closeCode() == 4505)
        two[0].cut()
        try await eventually("a place is given back") {
            let client = try await TestClient(server, token: token, welcome: false)
            defer { client.cut() }
            return (try? await client.push("welcome", within: 1)) != nil
        }
        try await healthy.check()
        await server.stop()
    }

    @Test(
        "who asks on and on and does not read is not read from either, and still gets all answers (DESIGN 3.7)"
    )
    func unreadAnswers() async throws {
        let server = try await ServerProcess(["loops": "1", "limits.backlog_bytes": "16384"])
        let healthy = try await Healthy(server)
        let count = 4000
        let before = try server.residentBytes()
        let greedy = try RawConnection(port: server.port, receiveBuffer: 4096, reads: false)
        greedy.send(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: count))
        greedy.finish()
        // One loop: what came before this has been looked at.
        for _ in 0..<5 { try await healthy.check() }
        #expect(try server.residentBytes() - before < 4 << 20)
        greedy.startReading()
        let answers = try await greedy.receiveAll(within: 30)
        #expect(answers.components(separatedBy: "HTTP/1.1 200 ").count == count + 1)
        await server.stop()
    }

    // MARK: WebSocket

    @Test("messages, their frames and control frames have bounds: 1009 and 4005 (issue 3, section 3)")
    func frames() async throws {
        let server = try await ServerProcess([
            "limits.message_bytes": "2048", "limits.frames_per_message": "8",
            "limits.control_frames_per_second": "10",
        ])
        let healthy = try await Healthy(server)
        let token = ServerProcess.token("u_ann")
        let large = try await TestClient(server, token: token)
        large.send(#"{"type":"ping","x":"\#(String(repeating: "x", count: 2048))"}"#)
        #expect(try await large.closeCode() == 1009)

        let announced = try await TestClient(server, token: token)
        announced.sendRaw([0x81, 0xFF, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(try await announced.closeCode() == 1009)

        let pieces = try await TestClient(server, token: token)
        pieces.sendRaw([0x01, 0x81, 0, 0, 0, 0, 0x7B])
        for _ in 0..<10 { pieces.sendRaw([0x00, 0x81, 0, 0, 0, 0, 0x20]) }
        #expect([1008, 1009].contains(try await pieces.closeCode()))

        let pinging = try await TestClient(server, token: token)
        for _ in 0..<40 { pinging.send(.ping, []) }
        #expect(try await pinging.closeCode() == 4005)

        let binary = try await TestClient(server, token: token)
        binary.send(.binary, [1, 2])
        #expect(try await binary.closeCode() == 1003)
        let noObject = try await TestClient(server, token: token)
        noObject.send("[1]")
        #expect(try await noObject.closeCode() == 4500)
        try await healthy.check()
        await server.stop()
    }

    @Test(
        "requests beyond the rate are refused with the time to wait, after which they are taken (CONTRACT 5)")
    func rate() async throws {
        let server = try await ServerProcess(["limits.commands_per_second": "5"])
        let healthy = try await Healthy(server)
        let client = try await TestClient(server, token: ServerProcess.token("u_ann"))
        for number in 0..<40 { client.send(#"{"type":"ping","id":"\#(number)"}"#) }
        try await client.wait { $0.count == 40 }
        let refused = client.log.filter { $0["code"]?.string == "rate_limited" }
        #expect((25...30).contains(refused.count))
        let wait = refused.compactMap { $0["retry_after_ms"]?.integer }.max() ?? 0
        #expect((1...200).contains(wait))
        try await Task.sleep(for: .milliseconds(wait + 50))
        try await client.request("ping")
        try await healthy.check()
        await server.stop()
    }

    @Test("a connection has 128 rooms and streams and not one more (CONTRACT 2)")
    func channels() async throws {
        let server = try await ServerProcess()
        let healthy = try await Healthy(server)
        let client = try await TestClient(server, token: ServerProcess.token("u_ann", subscribe: ["topic:*"]))
        try await client.request("join", #""room":"\#(healthy.room)""#)
        let names = (0..<127).map { #""topic:\#($0)""# }.joined(separator: ",")
        try await client.request("subscribe", #""channels":[\#(names)]"#)
        for (type, members) in [
            ("subscribe", #""channels":["topic:more"]"#), ("join", #""room":"\#(try await server.room())""#),
        ] {
            let refusal = await #expect(throws: Refused.self) { try await client.request(type, members) }
            #expect(refusal?.code == "too_many_channels")
        }
        try await client.request("unsubscribe", #""channels":["topic:1"]"#)
        try await client.request("subscribe", #""channels":["topic:more"]"#)
        try await healthy.check()
        await server.stop()
    }

    @Test("who sends no token is closed with 4506, who answers no ping with 4003 (issue 3, section 3)")
    func silence() async throws {
        let server = try await ServerProcess([
            "websocket.auth_ms": "300", "websocket.ping_ms": "1000", "websocket.pong_ms": "5000",
        ])
        let healthy = try await Healthy(server)
        let anonymous = try await TestClient(server, welcome: false)
        #expect(try await anonymous.closeCode() == 4506)
        // A test client answers while it waits; a raw connection answers nothing.
        let answering = Task {
            while !Task.isCancelled { try? await healthy.client.wait(within: 0.2) { _ in false } }
        }
        let mute = try RawConnection(port: server.port)
        mute.send(
            "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Authorization: Bearer \(ServerProcess.token("u_mute"))\r\n\r\n")
        _ =
            try await mute.receive(within: 20) { bytes, _ in
                // 4003 and the first letters of the reason.
                bytes.firstRange(of: [0x0F, 0xA3, UInt8(ascii: "n")]) == nil ? nil : true
            } as Bool
        answering.cancel()
        try await healthy.check()
        await server.stop()
    }

    @Test("fields have bounds, and the refusal names the field (CONTRACT 1)")
    func fields() async throws {
        let server = try await ServerProcess()
        let healthy = try await Healthy(server)
        let room = #""room":"\#(healthy.room)""#
        let long = String(repeating: "i", count: 65)
        for (type, members, field) in [
            ("chat_message", #"\#(room),"content":"""#, "content"),
            ("chat_message", #"\#(room),"content":"\#(String(repeating: "x", count: 32_769))""#, "content"),
            ("chat_message", #"\#(room),"content":"a","client_id":"\#(long)""#, "client_id"),
            ("chat_message", #"\#(room),"content":7"#, "content"),
            ("join", #""room":"\#(long)""#, "room"), ("history", #"\#(room),"limit":101"#, "limit"),
            ("history", #"\#(room),"limit":0"#, "limit"), ("presence", #"\#(room),"limit":101"#, "limit"),
            ("search", #"\#(room),"query":"\#(String(repeating: "q", count: 257))""#, "query"),
            ("reaction_add", #"\#(room),"message_id":"m","emoji":"\#(long)""#, "emoji"),
        ] {
            let refusal = await #expect(throws: Refused.self) {
                try await healthy.client.request(type, members)
            }
            #expect(["invalid_field", "too_large"].contains(refusal?.code), "\(type) \(field)")
            #expect(refusal?.reply["field"]?.string == field, "\(type) \(field)")
        }
        try await healthy.check()
        await server.stop()
    }
}
