import Foundation
import JSON
import StoaTesting
import Testing

@Suite("People of other tenants")
struct TenantTests {
    /// A server that reads the tenant in a claim, and tokens for two namesakes.
    private static func server() async throws -> ServerProcess {
        try await ServerProcess(["jwt.tenant-claim": "name"])
    }

    private static func token(_ user: String, of tenant: String) -> String {
        var grant = ServerProcess.grant(user, name: tenant)
        grant.subscribe = ["topic:*"]
        grant.publish = ["topic:*"]
        return ServerProcess.sign(grant)
    }

    @Test("a namesake of another tenant sees, enters and changes no room, over REST and sockets")
    func rooms() async throws {
        let server = try await TenantTests.server()
        let (own, foreign) = (TenantTests.token("u_ann", of: "default"), TenantTests.token("u_ann", of: "t2"))
        let made = try await server.http(
            "POST", "/api/v1/rooms", #"{"name":"A","type":"private"}"#, token: own)
        let room = try #require(made.json?["id"]?.string)
        for (method, path, body) in [
            ("GET", "/rooms", nil), ("GET", "/rooms/\(room)", nil), ("GET", "/rooms/\(room)/messages", nil),
            ("GET", "/me/rooms", nil), ("PATCH", "/rooms/\(room)", #"{"name":"B"}"#),
            ("DELETE", "/rooms/\(room)", nil), ("POST", "/rooms", #"{"name":"C"}"#),
            ("POST", "/rooms/\(room)/messages", #"{"content":"x"}"#), ("GET", "/rooms/\(room)/audit", nil),
        ] as [(String, String, String?)] {
            let answer = try await server.http(method, "/api/v1" + path, body, token: foreign)
            #expect(answer.status == 403, "\(method) \(path)")
            #expect(answer.code == "forbidden", "\(method) \(path)")
        }
        let client = try await TestClient(server, token: foreign)
        for type in ["join", "history", "chat_message"] {
            let refused = await #expect(throws: Refused.self) {
                try await client.request(type, #""room":"\#(room)","content":"x""#)
            }
            #expect(refused?.code == "forbidden", "\(type)")
        }
        let single = try await TestClient(server, token: foreign, path: "/ws/rooms/\(room)")
        #expect(try await single.push("error")["code"]?.string == "forbidden")
        #expect(
            try await server.http("GET", "/api/v1/rooms/\(room)", token: own).json?["name"]?.string == "A")
        await server.stop()
    }

    @Test("a person's own channel, their tickets and their place are not their namesake's")
    func personal() async throws {
        let server = try await TenantTests.server()
        let (own, foreign) = (TenantTests.token("u_ann", of: "default"), TenantTests.token("u_ann", of: "t2"))
        let room = try await server.http("POST", "/api/v1/rooms", #"{"name":"A"}"#, token: own)
        let id = try #require(room.json?["id"]?.string)
        // A member, whom the room tells what is unread.
        let member = try await TestClient(server, token: own)
        try await member.request("join", #""room":"\#(id)""#)
        try await member.request("leave", #""room":"\#(id)""#)
        let namesake = try await TestClient(server, token: foreign)
        let person = try await TestClient(server, token: own)
        let bob = try await TestClient(server, token: TenantTests.token("u_bob", of: "default"))
        try await bob.request("join", #""room":"\#(id)""#)
        try await bob.request("chat_message", #""room":"\#(id)","content":"hello""#)
        _ = try await person.push("unread_updated")
        try await namesake.request("ping")
        #expect(!namesake.log.contains { $0["type"]?.string == "unread_updated" })
        for _ in 0..<20 {
            _ = try await server.http("POST", "/api/v1/auth/ticket", token: foreign)
        }
        #expect(try await server.http("POST", "/api/v1/auth/ticket", token: own).status < 300)
        await server.stop()
    }

    @Test("keys of other tenants reach topics alone")
    func keys() async throws {
        let server = try await TenantTests.server()
        for (scope, status) in [
            ("admin", 400), ("rooms:read", 400), ("rooms:write", 400), ("publish:topic:a", 201),
        ] {
            let tool = try await Tool(
                ServerProcess.program.path,
                ["key", "create", "--name", "x", "--tenant", "t2", "--scope", scope, "--data-dir"]
                    + [server.dataDirectory.path])
            #expect((tool.status == 0) == (status == 201), "\(scope): \(tool.text)")
        }
        await server.stop()
    }

    @Test(
        "ids that no path can name are nobody's, and the server's own are not given out",
        arguments: [".", ".."])
    func dots(user: String) async throws {
        let server = try await ServerProcess()
        #expect(try await server.http("GET", "/api/v1/rooms", token: ServerProcess.token(user)).status == 401)
        for own in ["operator", "system", "key_x"] {
            let tool = try await Tool(
                ServerProcess.program.path, ["user", "sign-in", own, "--data-dir", server.dataDirectory.path])
            #expect(tool.status != 0, "\(own)")
        }
        await server.stop()
    }
}
