import Bytes
import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Tokens of --dev")
struct DevTests {
    private static func claims(_ token: String) throws -> JSONValue {
        let part = try #require(token.split(separator: ".").dropFirst().first)
        let decoded = Base64.decodeURL(Array(part.utf8).span)
        let bytes = try #require(decoded)
        return try JSONValue(parsing: bytes.span)
    }

    private static func person(_ server: ServerProcess, _ body: String) async throws -> (
        token: String, id: String
    ) {
        let answer = try await server.http("POST", "/api/v1/auth/dev", body)
        let token = try #require(answer.json?["token"]?.string, "\(answer.text)")
        #expect(answer.json?["access_token"]?.string == token)
        let id = try #require(answer.json?["user"]?["id"]?.string)
        #expect(try claims(token)["sub"]?.string == id)
        #expect(try claims(token)["dev"]?.bool == true)
        return (token, id)
    }

    @Test(
        "every call makes a new person; the first owns the first room, later ones are members, also after a restart"
    )
    func people() async throws {
        let server = try await ServerProcess(["dev": "true"])
        let ann = try await DevTests.person(server, #"{"name":"Ann"}"#)
        let twin = try await DevTests.person(server, #"{"name":"Ann"}"#)
        #expect(ann.id != twin.id)
        #expect(ann.id.hasPrefix("u_dev_"))
        let rooms = try #require(try DevTests.claims(ann.token)["rooms"]?.object)
        let room = try #require(rooms.first).name
        #expect(rooms.first?.value.string == "owner")
        #expect(try DevTests.claims(twin.token)["rooms"] == nil)
        for (person, role) in [(ann, "owner"), (twin, "member")] {
            let client = try await TestClient(server, token: person.token)
            #expect(try await client.request("join", #""room":"\#(room)""#)["role"]?.string == role)
        }
        await server.stop()
        try await server.start()
        let late = try await DevTests.person(server, "{}")
        #expect(try DevTests.claims(late.token)["rooms"] == nil)
        #expect(try DevTests.claims(late.token)["name"]?.string?.isEmpty == false)
        let back = try await TestClient(server, token: ann.token)
        #expect(try await back.request("join", #""room":"\#(room)""#)["role"]?.string == "owner")
        await server.stop()
    }

    @Test("of many who come at once one owns the first room")
    func race() async throws {
        let server = try await ServerProcess(["dev": "true"])
        let owners = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try DevTests.claims(try await DevTests.person(server, "{}").token)["rooms"] != nil
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(owners == 1)
        await server.stop()
    }

    @Test("with a token of --dev the same person gets another name; with an operator's nobody does")
    func rename() async throws {
        let server = try await ServerProcess(["dev": "true"])
        let ann = try await DevTests.person(server, #"{"name":"Ann"}"#)
        let again = try await DevTests.person(server, #"{"name":"Anna","token":"\#(ann.token)"}"#)
        #expect(again.id == ann.id)
        #expect(try DevTests.claims(again.token)["name"]?.string == "Anna")
        #expect(try DevTests.claims(again.token)["rooms"] == DevTests.claims(ann.token)["rooms"])
        let foreign = ServerProcess.token("u_ann")
        let refused = try await server.http(
            "POST", "/api/v1/auth/dev", #"{"name":"Anna","token":"\#(foreign)"}"#)
        #expect(refused.status == 403)
        let broken = try await server.http("POST", "/api/v1/auth/dev", #"{"token":"x.y.z"}"#)
        #expect(broken.code == "token_invalid")
        await server.stop()
    }

    @Test("the printed link's token is a dev token and signs in")
    func link() async throws {
        let server = try await ServerProcess(["dev": "true"])
        try await eventually("the link") { server.output.contains { $0.hasPrefix("open ") } }
        let line = try #require(server.output.first { $0.hasPrefix("open ") })
        let token = String(try #require(line.split(separator: "=").last))
        #expect(try DevTests.claims(token)["dev"]?.bool == true)
        _ = try await TestClient(server, token: token)
        await server.stop()
    }

    @Test("what a page of another site could send is refused")
    func otherSites() async throws {
        let server = try await ServerProcess(["dev": "true", "http.origins": "https://friend.example"])
        let port = server.port
        for (host, headers, status) in [
            ("127.0.0.1:\(port)", "Content-Type: application/json", 200),
            ("localhost:\(port)", "Content-Type: application/json; charset=utf-8", 200),
            ("[::1]:\(port)", "Content-Type: application/json\r\nOrigin: http://[::1]:\(port)", 200),
            ("127.0.0.1:\(port)", "Content-Type: text/plain", 415),
            ("127.0.0.1:\(port)", "Accept: */*", 415),
            ("127.0.0.1:\(port)", "Content-Type: application/json\r\nOrigin: https://evil.example", 403),
            ("127.0.0.1:\(port)", "Content-Type: application/json\r\nOrigin: https://friend.example", 403),
            ("127.0.0.1:\(port)", "Content-Type: application/json\r\nOrigin: null", 403),
            ("evil.example:\(port)", "Content-Type: application/json", 403),
            (
                "evil.example:\(port)",
                "Content-Type: application/json\r\nOrigin: http://evil.example:\(port)", 403
            ),
            ("192.0.2.7:\(port)", "Content-Type: application/json", 403),
        ] {
            let connection = try RawConnection(port: port)
            connection.send(
                "POST /api/v1/auth/dev HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\(headers)\r\n"
                    + "Content-Length: 2\r\n\r\n{}")
            let answer = try HTTPAnswer(raw: try await connection.receiveAll())
            #expect(answer.status == status, "\(host) \(headers): \(answer.text)")
            #expect(answer.headers["access-control-allow-origin"] == nil || status == 403)
        }
        await server.stop()
    }
}
