import Bytes
import JSON
import StoaTesting
import Testing

@Suite("Service keys")
struct ServiceKeyTests {
    /// A key as it is shown once.
    struct Key {
        let id: String
        let text: String

        init(_ json: JSONValue?) throws {
            id = try #require(json?["id"]?.string, "\(String(describing: json))")
            text = try #require(json?["key"]?.string)
        }
    }

    private static func stoa(_ server: ServerProcess, _ arguments: String...) async throws -> Tool {
        let all = ["key"] + arguments + ["--data-dir", server.dataDirectory.path]
        return try await Tool(
            ServerProcess.program.path, all, environment: ["STOA_JWT_SECRET": ServerProcess.secret])
    }

    private static func create(
        _ server: ServerProcess, _ scopes: String..., name: String = "bot"
    ) async throws -> Key {
        let arguments = ["key", "create", "--name", name] + scopes.flatMap { ["--scope", $0] }
        let made = try await Tool(
            ServerProcess.program.path, arguments + ["--data-dir", server.dataDirectory.path])
        #expect(made.status == 0, "\(made.text)")
        return try Key(try JSONValue(parsing: made.output))
    }

    private static func code(
        _ server: ServerProcess, _ method: String, _ path: String, _ body: String? = nil, key: String
    ) async throws -> String {
        let answer = try await server.http(method, "/api/v1/" + path, body, token: key)
        let scope = answer.json?["details"]?["scope"]?.string.map { " " + $0 } ?? ""
        return answer.code.map { $0 + scope } ?? "\(answer.status)"
    }

    @Test("a bot publishes over REST by its key, to what its scope covers and to nothing else")
    func publish() async throws {
        let server = try await ServerProcess()
        let key = try await ServiceKeyTests.create(server, "publish:topic:news-*")
        #expect(key.id.hasPrefix("key_") && key.text.hasPrefix("stoa_key_") && key.text.utf8.count == 58)
        let reader = try await TestClient(
            server, token: ServerProcess.token("u_ann", subscribe: ["topic:*"]))
        try await reader.request("subscribe", #""channels":["topic:news-uk"]"#)
        let body = #"{"channel":"topic:news-uk","data":{"a":1}}"#
        #expect(try await ServiceKeyTests.code(server, "POST", "publish", body, key: key.text) == "200")
        #expect(try await reader.push("publication")["data"]?["a"]?.integer == 1)
        let other = #"{"channel":"topic:lobby","data":1}"#
        #expect(
            try await ServiceKeyTests.code(server, "POST", "publish", other, key: key.text)
                == "forbidden publish:topic:lobby")
        // One of a list is refused by itself.
        let both = try await server.http("POST", "/api/v1/publish", "[\(body),\(other)]", token: key.text)
        let codes = both.json?.array?.map { $0["code"]?.string ?? "ack" }
        #expect(codes == ["ack", "forbidden"])
        for (method, path, scope) in [
            ("GET", "rooms", "rooms:read"), ("POST", "rooms", "rooms:write"),
            ("GET", "me/rooms", "rooms:read"),
            ("GET", "keys", "admin"), ("POST", "keys", "admin"), ("PUT", "bans/u_ann", "admin"),
            ("POST", "users/u_ann/sign-ins", "admin"), ("GET", "log", "admin"),
        ] {
            let code = try await ServiceKeyTests.code(server, method, path, key: key.text)
            #expect(code == "forbidden \(scope)", "\(method) \(path)")
        }
        #expect(try await ServiceKeyTests.code(server, "POST", "auth/logout", key: key.text) == "forbidden")
        await server.stop()
    }

    @Test("on a socket a key speaks by its scopes, in the handshake and in `auth`")
    func socket() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let reader = try await ServiceKeyTests.create(server, "rooms:read", "subscribe:topic:a")
        let writer = try await ServiceKeyTests.create(server, "rooms:read", "rooms:write", "publish:topic:a")
        let one = try await TestClient(server, token: reader.text)
        let two = try await TestClient(server, welcome: false)
        two.send(#"{"type":"auth","id":"1","token":"\#(writer.text)"}"#)
        let welcome = try await two.push("welcome")
        #expect(welcome["user"]?["id"]?.string == writer.id)
        #expect(welcome["user"]?["name"]?.string == "bot")
        try await one.request("join", #""room":"\#(room)""#)
        try await two.request("join", #""room":"\#(room)""#)
        try await two.request("chat_message", #""room":"\#(room)","content":"hello""#)
        let message = try await one.push("new_message")
        #expect(message["message"]?["author"]?["id"]?.string == writer.id)
        try await one.request("subscribe", #""channels":["topic:a"]"#)
        try await two.request("publish", #""channel":"topic:a","data":1"#)
        for (client, type, fields, scope) in [
            (one, "chat_message", #""room":"\#(room)","content":"x""#, "rooms:write"),
            (one, "publish", #""channel":"topic:a","data":1"#, "publish:topic:a"),
            (one, "subscribe", #""channels":["topic:*"]"#, "subscribe:topic:*"),
            (two, "subscribe", #""channels":["topic:a"]"#, "subscribe:topic:a"),
        ] {
            let refused = await #expect(throws: Refused.self, "\(type)") {
                try await client.request(type, fields)
            }
            #expect(refused?.code == "forbidden")
            #expect(refused?.reply["details"]?["scope"]?.string == scope)
        }
        let blind = try await ServiceKeyTests.create(server, "publish:topic:a")
        let third = try await TestClient(server, token: blind.text, path: "/ws/rooms/\(room)")
        #expect(try await third.push("error")["details"]?["scope"]?.string == "rooms:read")
        await server.stop()
    }

    @Test(
        "a key that is revoked closes its connections at once, and is nothing from then on, over a crash too")
    func revoke() async throws {
        let server = try await ServerProcess()
        let key = try await ServiceKeyTests.create(server, "rooms:read")
        let other = try await ServiceKeyTests.create(server, "rooms:read")
        let client = try await TestClient(server, token: key.text)
        let bystander = try await TestClient(server, token: other.text)
        let ticket = try await server.http("POST", "/api/v1/auth/ticket", token: key.text)
        let name = try #require(ticket.json?["ticket"]?.string)
        #expect(try await ServiceKeyTests.code(server, "GET", "rooms", key: key.text) == "200")
        let done = try await ServiceKeyTests.stoa(server, "revoke", key.id)
        #expect(done.status == 0, "\(done.text)")
        #expect(try await client.closeCode() == 4502)
        _ = try await bystander.request("ping")
        await #expect(throws: TestFailure.self) { try await TestClient(server, path: "/ws?ticket=\(name)") }
        #expect(try await ServiceKeyTests.stoa(server, "revoke", key.id).status == 1)
        for _ in 0..<2 {
            #expect(try await ServiceKeyTests.code(server, "GET", "rooms", key: key.text) == "token_invalid")
            let again = try await TestClient(server, welcome: false)
            again.send(#"{"type":"auth","id":"1","token":"\#(key.text)"}"#)
            #expect(try await again.closeCode() == 4501)
            #expect(try await ServiceKeyTests.code(server, "GET", "rooms", key: other.text) == "200")
            server.kill()
            _ = await server.exitStatus()
            try await server.start()
        }
        await server.stop()
    }

    @Test("a key that is rotated goes on for a while under its old text; who is connected by that is warned")
    func rotate() async throws {
        let server = try await ServerProcess(["jwt.warning_ms": "3600000"])
        let key = try await ServiceKeyTests.create(server, "rooms:read")
        let client = try await TestClient(server, token: key.text)
        let rotated = try await ServiceKeyTests.stoa(server, "rotate", key.id, "--overlap", "1")
        let newer = try ServiceKeyTests.Key(try JSONValue(parsing: rotated.output))
        #expect(newer.id == key.id && newer.text != key.text)
        let end = try #require(try await client.push("token_expiring")["expires_at"]?.integer)
        #expect(abs(end - Timestamp.now().milliseconds - 3_600_000) < 60_000)
        for text in [key.text, newer.text] {
            #expect(try await ServiceKeyTests.code(server, "GET", "rooms", key: text) == "200")
        }
        // The connection takes the newer one and goes on with it when the older one ends.
        let renewed = try await client.request("auth", #""token":"\#(newer.text)""#)
        #expect((renewed["expires_at"]?.integer ?? 0) > end)
        let stale = try await TestClient(server, token: key.text)
        let last = try await ServiceKeyTests.stoa(server, "rotate", key.id, "--overlap", "0")
        let newest = try ServiceKeyTests.Key(try JSONValue(parsing: last.output))
        #expect(try await stale.closeCode() == 4502)
        #expect(try await client.closeCode() == 4502)
        for _ in 0..<2 {
            for text in [key.text, newer.text] {
                #expect(try await ServiceKeyTests.code(server, "GET", "rooms", key: text) == "token_revoked")
                let late = try await TestClient(server, welcome: false)
                late.send(#"{"type":"auth","id":"1","token":"\#(text)"}"#)
                #expect(try await late.closeCode() == 4502)
            }
            await server.stop()
            try await server.start()
        }
        #expect(try await ServiceKeyTests.code(server, "GET", "rooms", key: newest.text) == "200")
        let listed = try JSONValue(parsing: try await ServiceKeyTests.stoa(server, "list").output)
        #expect(listed["keys"]?.array?.count == 1)
        await server.stop()
    }

    @Test("of many rotations at once those that are done each give a good text, the newest of which lasts")
    func rotations() async throws {
        let server = try await ServerProcess()
        let admin = try await ServiceKeyTests.create(server, "admin")
        let key = try await ServiceKeyTests.create(server, "rooms:read")
        let answers = try await withThrowingTaskGroup(of: HTTPAnswer.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    try await server.http("POST", "/api/v1/keys/\(key.id)/rotate", token: admin.text)
                }
            }
            return try await group.reduce(into: [HTTPAnswer]()) { $0.append($1) }
        }
        let made = answers.filter { $0.status == 200 }
        #expect(answers.allSatisfy { $0.status == 200 || $0.code == "conflict" })
        #expect((1...7).contains(made.count))
        for _ in 0..<2 {
            var lasting = 0
            for answer in made {
                let text = try ServiceKeyTests.Key(answer.json).text
                let client = try await TestClient(server, token: text, welcome: false)
                let expiry = try #require(try await client.push("welcome")["expires_at"]?.integer)
                if expiry > Timestamp.now().milliseconds + 172_800_000 { lasting += 1 }
            }
            #expect(lasting == 1)
            await server.stop()
            try await server.start()
        }
        await server.stop()
    }

    @Test(
        "a key with the scope admin manages keys and rooms; lists show no text, and when a key was last used")
    func admin() async throws {
        let server = try await ServerProcess()
        let admin = try await ServiceKeyTests.create(server, "admin", name: "back end")
        let fields = #"{"name":"bot","scopes":["rooms:read","publish:topic:x"],"expires_at":4000000000000}"#
        let made = try await server.http("POST", "/api/v1/keys", fields, token: admin.text)
        #expect(made.status == 201)
        let key = try ServiceKeyTests.Key(made.json)
        #expect(made.json?["made_by"]?.string == admin.id)
        #expect(made.json?["used_at"]?.isNull == true)
        #expect(try await ServiceKeyTests.code(server, "GET", "rooms", key: key.text) == "200")
        let room = try await server.room()
        #expect(try await ServiceKeyTests.code(server, "DELETE", "rooms/\(room)", key: admin.text) == "204")
        func entry(_ text: String) throws -> JSONValue {
            #expect(!text.contains("stoa_key_"))
            let keys = try JSONValue(parsing: text)["keys"]?.array ?? []
            return try #require(keys.first { $0["id"]?.string == key.id })
        }
        let listed = try await server.http("GET", "/api/v1/keys", token: admin.text)
        let used = try #require(try entry(listed.text)["used_at"]?.integer)
        #expect(abs(used - Timestamp.now().milliseconds) < 60_000)
        await server.stop()
        // The use was written when the server stopped, if not before.
        let offline = try entry(try await ServiceKeyTests.stoa(server, "list").output)
        #expect(offline["used_at"]?.integer == used)
        #expect(offline["scopes"]?.array?.compactMap(\.string) == ["rooms:read", "publish:topic:x"])
        try await server.start()
        let turned = try await server.http("POST", "/api/v1/keys/\(key.id)/rotate", token: admin.text)
        #expect(turned.status == 200)
        #expect(try ServiceKeyTests.Key(turned.json).id == key.id)
        #expect(try await ServiceKeyTests.code(server, "DELETE", "keys/\(key.id)", key: admin.text) == "204")
        #expect(
            try await ServiceKeyTests.code(server, "DELETE", "keys/\(key.id)", key: admin.text) == "not_found"
        )
        let log = server.log
        for text in [admin.text, key.text] { #expect(!log.contains(text)) }
        await server.stop()
    }

    @Test("keys have bounds: their number, names, scopes; and only the operator makes them")
    func bounds() async throws {
        let server = try await ServerProcess(["limits.service_keys": "1"])
        let admin = try await ServiceKeyTests.create(server, "admin")
        for (body, code) in [
            (#"{"name":"x","scopes":["rooms:read"]}"#, "conflict"),
            (#"{"scopes":["admin"]}"#, "invalid_field"),
            (#"{"name":"x"}"#, "invalid_field"), (#"{"name":"x","scopes":[]}"#, "invalid_field"),
            (#"{"name":"x","scopes":["rooms"]}"#, "invalid_field"),
            (#"{"name":"x","scopes":["publish:"]}"#, "invalid_field"),
            (#"{"name":"x","scopes":["admin"],"expires_at":5}"#, "invalid_field"),
            (#"{"name":"x","scopes":["admin"],"tenant":"a b"}"#, "invalid_field"),
        ] {
            #expect(
                try await ServiceKeyTests.code(server, "POST", "keys", body, key: admin.text) == code,
                "\(body)")
        }
        let ann = ServerProcess.token("u_ann")
        for (method, path) in [
            ("GET", "keys"), ("POST", "keys"), ("POST", "keys/x/rotate"), ("DELETE", "keys/x"),
        ] {
            #expect(try await ServiceKeyTests.code(server, method, path, key: ann) == "forbidden")
            #expect(try await server.http(method, "/api/v1/" + path).code == "unauthenticated")
        }
        // What only looks like a key is refused by its form or checksum, or is in no table.
        let flipped = admin.text.dropLast() + (admin.text.hasSuffix("0") ? "1" : "0")
        for text in ["stoa_key_", String(flipped), admin.text + "A", String(admin.text.dropLast())] {
            #expect(try await ServiceKeyTests.code(server, "GET", "rooms", key: text) == "token_invalid")
        }
        await server.stop()
    }
}
