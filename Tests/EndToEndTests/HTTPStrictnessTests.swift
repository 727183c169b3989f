import Foundation
import StoaTesting
import Testing

@Suite("HTTP over the wire")
struct HTTPStrictnessTests {
    @Test(
        "shapes that two servers could read differently are refused and the connection closed (RFC 9112 §11.2)",
        arguments: [
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "GET / HTTP/1.1\nHost: x\n\n", "GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "GET /../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /%2e%2e/x HTTP/1.1\r\nHost: x\r\n\r\n",
        ])
    func refused(_ request: String) async throws {
        let server = try await ServerProcess()
        let connection = try RawConnection(port: server.port)
        connection.send(request)
        let answer = try await connection.receiveAll()
        #expect(answer.hasPrefix("HTTP/1.1 400"))
        #expect(answer.contains("connection: close"))
        server.kill()
    }

    @Test("requests sent together are answered one after the other, in their order")
    func pipelining() async throws {
        let server = try await ServerProcess()
        let connection = try RawConnection(port: server.port)
        let token = ServerProcess.token("u_ann")
        connection.send(
            "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /api/v1/rooms HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n"
                + "HEAD / HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        let answers = try await connection.receiveAll()
        let parts = answers.components(separatedBy: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
        #expect(parts == ["200", "200", "200", "404"])
        server.kill()
    }

    @Test("100-continue, methods, conditional requests, preflights and foreign origins")
    func details() async throws {
        let server = try await ServerProcess(["http.origins": "https://app.example"])
        let expecting = try RawConnection(port: server.port)
        expecting.send(
            "POST /api/v1/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
        )
        _ = try await expecting.receive { bytes, _ in
            bytes.starts(with: Array("HTTP/1.1 100".utf8)) ? true : nil
        }
        expecting.send("{}")
        #expect(try await expecting.receiveAll().contains("HTTP/1.1 401"))
        let other = try await server.http("DELETE", "/api/v1/rooms", token: ServerProcess.token("u_ann"))
        #expect(other.status == 405)
        #expect(other.headers["allow"]?.contains("GET") == true)
        let tag = try #require(try await server.http("GET", "/").headers["etag"])
        #expect(try await server.http("GET", "/", headers: ["If-None-Match": tag]).status == 304)
        let preflight = try await server.http(
            "OPTIONS", "/api/v1/rooms",
            headers: ["Origin": "https://app.example", "Access-Control-Request-Method": "POST"])
        #expect(preflight.headers["access-control-allow-origin"] == "https://app.example")
        await #expect(throws: TestFailure.self) {
            try await TestClient(
                server, token: ServerProcess.token("u_ann"), headers: "Origin: https://evil.example\r\n")
        }
        let query = try await TestClient(
            server, path: "/ws?token=\(ServerProcess.token("u_ann"))", welcome: false)
        await #expect(throws: Refused.self) { try await query.request("ping") }
        server.kill()
    }
}
