import StoaTesting
import Testing

@Suite("HTTP over the wire")
struct HTTPRulesTests {
    /// Sends bytes and reads until the server closes.
    private static func exchange(_ server: ServerProcess, _ text: String) async throws -> String {
        let connection = try RawConnection(port: server.port)
        connection.send(text)
        return try await connection.receiveAll()
    }

    private static let after = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test("what could be read in two ways is refused with 400, and nothing behind it is looked at (RFC 9112)")
    func smuggling() async throws {
        let server = try await ServerProcess()
        let shapes = [
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 4\r\n\r\nabcd",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;\nx\r\nabc\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\nHost: a\n\n",
            "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX: b\rc\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n",
            "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
            "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        ]
        for shape in shapes {
            let answer = try await HTTPRulesTests.exchange(server, shape + HTTPRulesTests.after)
            #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(shape)")
            #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(shape)")
        }
        #expect(try await server.http("GET", "/health/live").status == 200)
        await server.stop()
    }

    @Test(
        "other refusals have their own status",
        arguments: [
            ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
            ("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505), ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
        ])
    func refusals(_ request: String, _ status: Int) async throws {
        let server = try await ServerProcess()
        #expect(try await HTTPRulesTests.exchange(server, request).hasPrefix("HTTP/1.1 \(status) "))
        await server.stop()
    }

    @Test("pipelined requests are answered in their order, whatever each costs (RFC 9112 §9.3.2)")
    func pipelining() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let token = "Authorization: Bearer \(ServerProcess.token("u_owner"))\r\n"
        var requests = ""
        for number in 0..<6 {
            requests += "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"
            let body = #"{"content":"m\#(number)"}"#
            requests += "POST /api/v1/rooms/\(room)/messages HTTP/1.1\r\nHost: a\r\n\(token)"
            requests += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
            requests += "GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"
        }
        requests += "GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        let answer = try await HTTPRulesTests.exchange(server, requests)
        let statuses = answer.components(separatedBy: "HTTP/1.1 ").dropFirst().map { String($0.prefix(3)) }
        #expect(statuses == Array(repeating: ["200", "201", "404"], count: 6).flatMap { $0 } + ["200"])
        let places = answer.components(separatedBy: #""seq":"#).dropFirst().compactMap {
            $0.first.map(String.init)
        }
        #expect(places == ["1", "2", "3", "4", "5", "6"])
        await server.stop()
    }

    @Test(
        "HEAD answers as GET without a body; 100 Continue comes before the body; 404 and 405 are told apart")
    func methods() async throws {
        let server = try await ServerProcess()
        let get = try await server.http("GET", "/")
        let head = try await server.http("HEAD", "/")
        #expect(head.status == 200)
        #expect(head.body.isEmpty)
        #expect(head.headers["content-length"] == get.headers["content-length"])

        let token = ServerProcess.token("u_ann")
        let connection = try RawConnection(port: server.port)
        connection.send(
            "POST /api/v1/rooms HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\nConnection: close\r\n"
                + "Expect: 100-continue\r\nContent-Length: 15\r\n\r\n")
        _ =
            try await connection.receive { bytes, _ in
                String(decoding: bytes, as: UTF8.self).hasPrefix("HTTP/1.1 100 Continue\r\n\r\n") ? true : nil
            } as Bool
        connection.send(#"{"name":"Logs"}"#)
        #expect(try await connection.receiveAll().contains("HTTP/1.1 201 "))

        #expect(try await server.http("GET", "/nowhere").status == 404)
        let wrong = try await server.http("PATCH", "/api/v1/rooms", "{}", token: token)
        #expect(wrong.status == 405)
        #expect(wrong.headers["allow"]?.contains("POST") == true)
        #expect(try await server.http("POST", "/", "x").status == 405)
        await server.stop()
    }

    @Test("an ETag that is known is answered with 304; paths do not leave their place")
    func pages() async throws {
        let server = try await ServerProcess()
        let page = try await server.http("GET", "/")
        let tag = try #require(page.headers["etag"])
        let again = try await server.http("GET", "/", headers: ["If-None-Match": tag])
        #expect(again.status == 304)
        #expect(again.body.isEmpty)
        #expect(try await server.http("GET", "/", headers: ["If-None-Match": "\"other\""]).status == 200)
        for path in [
            "/../etc/passwd", "/%2e%2e/etc/passwd", "/a/..%2f..%2fetc/passwd", "//etc/passwd", "/.%2e/x",
        ] {
            let answer = try await server.http("GET", path)
            #expect([400, 404].contains(answer.status), "\(path)")
            #expect(!answer.text.contains("root:"))
        }
        await server.stop()
    }

    @Test("pages of named origins may use the API and connect; others may not (RFC 6454, Fetch)")
    func origins() async throws {
        let server = try await ServerProcess(["http.origins": "https://study.example"])
        let wanted = ["Origin": "https://study.example", "Access-Control-Request-Method": "POST"]
        let preflight = try await server.http("OPTIONS", "/api/v1/rooms", headers: wanted)
        #expect(preflight.status == 204)
        #expect(preflight.headers["access-control-allow-origin"] == "https://study.example")
        #expect(preflight.headers["access-control-allow-headers"]?.contains("authorization") == true)
        let strange = ["Origin": "https://evil.example", "Access-Control-Request-Method": "POST"]
        let refused = try await server.http("OPTIONS", "/api/v1/rooms", headers: strange)
        #expect(refused.headers["access-control-allow-origin"] == nil)

        let upgrade = [
            "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        ]
        for (origin, isAllowed) in [
            ("https://study.example", true), ("https://evil.example", false), ("null", false),
            ("http://127.0.0.1", true),
        ] {
            let connection = try RawConnection(port: server.port)
            let fields = upgrade.merging(["Origin": origin]) { $1 }.map { "\($0): \($1)\r\n" }.joined()
            connection.send("GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n\(fields)\r\n")
            let status = try await connection.receive { bytes, _ in
                bytes.count > 12 ? String(decoding: bytes[9..<12], as: UTF8.self) : nil
            }
            #expect(status == (isAllowed ? "101" : "403"), "\(origin)")
        }
        await server.stop()
    }

    @Test("a token in the query string is no token (CONTRACT 2)")
    func queryToken() async throws {
        let server = try await ServerProcess()
        let token = ServerProcess.token("u_ann")
        #expect(
            try await server.http("GET", "/api/v1/rooms?token=\(token)&access_token=\(token)").status == 401)
        let client = try await TestClient(
            server, path: "/ws?token=\(token)&access_token=\(token)", welcome: false)
        await #expect(throws: Refused.self) { try await client.request("ping") }
        await server.stop()
    }
}
