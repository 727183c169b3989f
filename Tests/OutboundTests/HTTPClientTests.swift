import HTTP
import Outbound
import StoaTesting
import Testing

@Suite("HTTP client")
struct HTTPClientTests {
    private static func request(
        _ url: String, _ method: HTTPMethod = .get, _ change: (inout HTTPClientRequest) -> Void = { _ in }
    ) -> HTTPClientRequest {
        var request = HTTPClientRequest(method, url)
        change(&request)
        return request
    }

    private static func error(_ client: HTTPClient, _ request: HTTPClientRequest) async -> HTTPClientError? {
        do throws(HTTPClientError) {
            _ = try await client.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test("an answer has its status, fields and body; method, fields and body of the request arrive")
    func answers() async throws {
        let server = try FixtureServer { _ in
            .http(201, ["X-Note": "a  b", "Cache-Control": "max-age=7"], [1, 0, 2])
        }
        let client = HTTPClient()
        defer {
            client.close()
            server.close()
        }
        let request = HTTPClientTests.request(server.base + "/a?b=c", .put) { request in
            request.headers.set("x-mine", "yes")
            request.body = Array("hello".utf8)
        }
        let answer = try await client.send(request)
        #expect(answer.status == 201)
        #expect(answer.headers["x-note"] == "a b")
        #expect(answer.headers["cache-control"] == "max-age=7")
        #expect(answer.body == [1, 0, 2])
        let seen = try #require(server.requests.first)
        #expect(seen.hasPrefix("PUT /a?b=c HTTP/1.1\r\n"))
        #expect(seen.lowercased().contains("x-mine: yes\r\n"))
        #expect(seen.hasSuffix("\r\n\r\nhello"))
        for method in [HTTPMethod.get, .post, .delete, .patch] {
            _ = try await client.send(HTTPClientTests.request(server.base + "/", method))
            #expect(server.requests.last?.hasPrefix("\(method.name) / ") == true)
        }
    }

    @Test("many requests at once each get their own answer")
    func many() async throws {
        let server = try FixtureServer { request in
            .http(200, [:], Array(request.utf8.prefix { $0 != 13 }))
        }
        let client = HTTPClient()
        defer {
            client.close()
            server.close()
        }
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<40 {
                let request = HTTPClientTests.request("\(server.base)/\(number)")
                group.addTask {
                    let answer = try? await client.send(request)
                    return answer?.body == Array("GET /\(number) HTTP/1.1".utf8)
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test("an answer beyond its bound is refused, whether it says its length or not")
    func tooLarge() async throws {
        let server = try FixtureServer { request in
            let body = [UInt8](repeating: 65, count: 5000)
            return request.hasPrefix("GET /length")
                ? .http(200, [:], body) : .bytes(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + body)
        }
        let client = HTTPClient()
        defer {
            client.close()
            server.close()
        }
        for path in ["/length", "/none"] {
            for (limit, error) in [(5000, nil), (4999, .tooLarge)] as [(Int, HTTPClientError?)] {
                let request = HTTPClientTests.request(server.base + path) { $0.bodyLimit = limit }
                #expect(await HTTPClientTests.error(client, request) == error)
            }
        }
    }

    @Test("no answer in time is given up, and so is a request whose task is cancelled")
    func time() async throws {
        let server = try FixtureServer { _ in .silence }
        let client = HTTPClient()
        defer {
            client.close()
            server.close()
        }
        let short = HTTPClientTests.request(server.base) { $0.timeout = .milliseconds(100) }
        #expect(await HTTPClientTests.error(client, short) == .timeout)
        let long = HTTPClientTests.request(server.base) { $0.timeout = .seconds(600) }
        let task = Task { await HTTPClientTests.error(client, long) }
        try await eventually("the request has arrived") { server.requests.count == 2 }
        task.cancel()
        #expect(await task.value == .cancelled)
    }

    @Test("redirects are followed only where they are asked for, and as many as allowed")
    func redirects() async throws {
        let server = try FixtureServer { request in
            request.hasPrefix("GET /end")
                ? .http(200, [:], Array("end".utf8)) : .http(302, ["Location": "/end"], [])
        }
        let client = HTTPClient()
        defer {
            client.close()
            server.close()
        }
        let plain = try await client.send(HTTPClientTests.request(server.base))
        #expect(plain.status == 302)
        let followed = try await client.send(HTTPClientTests.request(server.base) { $0.redirectLimit = 1 })
        #expect(followed.status == 200)
        #expect(followed.body == Array("end".utf8))
    }

    @Test(
        "addresses that the policy does not admit are not connected to, whatever name or redirect leads there"
    )
    func policy() async throws {
        let server = try FixtureServer { _ in .http(302, ["Location": "http://10.0.0.1/"], []) }
        let client = HTTPClient()
        defer {
            client.close()
            server.close()
        }
        for url in [
            "http://127.0.0.1:\(server.port)", "http://localhost:\(server.port)",
            "https://127.0.0.1:\(server.port)",
            "http://2130706433:\(server.port)", "http://0x7f.1:\(server.port)",
            "http://[::ffff:127.0.0.1]:\(server.port)", "https://10.0.0.1", "https://169.254.169.254/",
            "https://192.168.1.1", "https://172.16.0.1", "https://100.64.0.1", "https://0.0.0.0",
            "https://[::1]",
            "https://[fe80::1]", "https://[fc00::1]", "https://[::]", "https://224.0.0.1",
            "https://[64:ff9b::a00:1]",
            "https://[2002:7f00:1::]",
        ] {
            let request = HTTPClientTests.request(url) { $0.policy = .publicOnly }
            #expect(await HTTPClientTests.error(client, request) == .refusedAddress, "\(url)")
        }
        #expect(server.requests.isEmpty)
        // Without TLS only this machine is spoken to, after a redirect as well.
        #expect(
            await HTTPClientTests.error(client, HTTPClientTests.request("http://10.0.0.1/"))
                == .refusedAddress)
        let redirected = HTTPClientTests.request(server.base) { $0.redirectLimit = 3 }
        #expect(await HTTPClientTests.error(client, redirected) == .refusedAddress)
    }

    @Test(
        "what is no address of https or http is refused",
        arguments: ["", "file:///etc/passwd", "ftp://a/", "http://a b/", "x"])
    func badURL(url: String) async {
        let client = HTTPClient()
        defer { client.close() }
        #expect(await HTTPClientTests.error(client, HTTPClientTests.request(url)) != nil)
    }

    @Test("nobody there, a broken answer and a closed client are errors")
    func broken() async throws {
        let server = try FixtureServer { _ in
            .bytes(Array("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx".utf8))
        }
        let client = HTTPClient()
        defer { client.close() }
        let request = HTTPClientTests.request(server.base)
        guard case .unreachable = await HTTPClientTests.error(client, request) else {
            Issue.record("a cut body is an answer")
            return
        }
        server.close()
        try await eventually("the port is closed") {
            await HTTPClientTests.error(client, request) == .unreachable("Couldn't connect to server")
        }
        client.close()
        #expect(await HTTPClientTests.error(client, request) == .closed)
    }
}
