import Bytes
import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Published keys over the wire")
struct PublishedKeysTests {
    private static let folder: String = {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.deletingLastPathComponent().path + "/protocol/vectors/tokens/"
    }()

    private static func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder + name, encoding: .utf8)
    }

    private static func known() throws -> String {
        let vectors = try JSONValue(parsing: try text("signed.json")).array ?? []
        let found = vectors.first { $0["name"]?.string == "ES256 with kid" }
        return try #require(found?["token"]?.string)
    }

    private static func rotated() throws -> String { String(try text("keys/rotated-token.txt").dropLast()) }

    private static func address() throws -> FixtureServer {
        let set = Array(try text("keys/set.json").utf8)
        return try FixtureServer { _ in .http(200, [:], set) }
    }

    @Test(
        "a key that is new at the address is found by the first token that names it, whichever way it comes")
    func rotation() async throws {
        let newer = Array(try PublishedKeysTests.text("keys/rotated-set.json").utf8)
        for way in ["rest", "upgrade", "auth"] {
            let address = try PublishedKeysTests.address()
            defer { address.close() }
            let server = try await ServerProcess(
                ["jwt.jwks_url": address.base, "jwt.jwks_cooldown_ms": "1"])
            #expect(address.requests.count == 1, "fetched before it listens")
            let known = try await server.http("GET", "/api/v1/rooms", token: try PublishedKeysTests.known())
            #expect(known.status == 200)
            address.answers { _ in .http(200, [:], newer) }
            let token = try PublishedKeysTests.rotated()
            switch way {
            case "rest":
                let answer = try await server.http("GET", "/api/v1/rooms", token: token)
                #expect(answer.status == 200, "\(answer.text)")
            case "upgrade": _ = try await TestClient(server, token: token)
            default:
                let client = try await TestClient(server, welcome: false)
                client.send(#"{"type":"auth","id":"1","token":"\#(token)"}"#)
                // What comes behind it waits for it.
                client.send(#"{"type":"ping","id":"2"}"#)
                let welcome = try await client.push("welcome")
                #expect(welcome["id"]?.string == "1")
                _ = try await client.push("ack")
            }
            await server.stop()
        }
    }

    @Test("who is connected by a key that is gone is told at once, and closed as revoked unless renewed")
    func withdrawn() async throws {
        let address = try PublishedKeysTests.address()
        defer { address.close() }
        let server = try await ServerProcess([
            "jwt.jwks_url": address.base, "jwt.jwks_cooldown_ms": "1", "jwt.jwks_refresh_ms": "100",
            "jwt.withdrawn_ms": "1500",
        ])
        let known = try PublishedKeysTests.known()
        let idle = try await TestClient(server, token: known)
        let renewing = try await TestClient(server, token: known)
        let bystander = try await TestClient(server, token: ServerProcess.token("u_bob"))
        let newer = Array(try PublishedKeysTests.text("keys/rotated-set.json").utf8)
        address.answers { _ in .http(200, [:], newer) }
        for client in [idle, renewing] {
            let end = try #require(try await client.push("token_expiring")["expires_at"]?.integer)
            #expect(abs(end - Timestamp.now().milliseconds) < 10_000)
        }
        let refused = await #expect(throws: Refused.self) {
            try await renewing.request("auth", #""token":"\#(known)""#)
        }
        #expect(refused?.code == "token_invalid")
        let rotated = try PublishedKeysTests.rotated()
        try await renewing.request("auth", #""token":"\#(rotated)""#)
        #expect(try await idle.closeCode() == 4502)
        for client in [renewing, bystander] { _ = try await client.request("ping") }
        await server.stop()
    }

    @Test("unknown keys cause one fetch per cool-down, however many tokens name them")
    func coolDown() async throws {
        let address = try PublishedKeysTests.address()
        defer { address.close() }
        let server = try await ServerProcess(
            ["jwt.jwks_url": address.base, "jwt.jwks_cooldown_ms": "3600000"])
        let token = try PublishedKeysTests.rotated()
        for _ in 0..<20 {
            let answer = try await server.http("GET", "/api/v1/rooms", token: token)
            #expect(answer.status == 401)
            #expect(answer.code == "token_invalid")
        }
        #expect(address.requests.count == 1)
        await server.stop()
    }

    @Test("a server starts while the address is down; its tokens are then not bad but not to be judged")
    func down() async throws {
        let address = try PublishedKeysTests.address()
        address.answers { _ in .http(500, [:], Array("no".utf8)) }
        defer { address.close() }
        let server = try await ServerProcess(
            ["jwt.jwks_url": address.base, "jwt.jwks_cooldown_ms": "50", "jwt.jwks_refresh_ms": "100"])
        let token = try PublishedKeysTests.known()
        let answer = try await server.http("GET", "/api/v1/rooms", token: token)
        #expect(answer.status == 503)
        #expect(answer.code == "unavailable")
        #expect(answer.headers["retry-after"] != nil)
        let client = try await TestClient(server, welcome: false)
        client.send(#"{"type":"auth","id":"1","token":"\#(token)"}"#)
        #expect(try await client.closeCode() == 4004)
        let set = Array(try PublishedKeysTests.text("keys/set.json").utf8)
        address.answers { _ in .http(200, [:], set) }
        try await eventually("the keys are there") {
            try await server.http("GET", "/api/v1/rooms", token: token).status == 200
        }
        // The last keys go on while it is down again.
        address.answers { _ in .silence }
        #expect(try await server.http("GET", "/api/v1/rooms", token: token).status == 200)
        await server.stop()
    }

    @Test("hostile tokens get one verdict, over REST, in the handshake and as a message")
    func oneVerdict() async throws {
        let keys = ["rs256", "ps256", "es256", "eddsa"].map { name in
            PublishedKeysTests.folder + "keys/\(name).pem kid=k-\(name)"
                + (name == "ps256" ? " alg=PS256" : "")
        }
        let server = try await ServerProcess(
            ["jwt.keys": keys.joined(separator: ",")],
            environment: ["STOA_JWT_SECRET": "0123456789abcdef0123456789abcdef"])
        for file in ["signed.json", "hostile.json"] {
            let vectors = try JSONValue(parsing: try PublishedKeysTests.text(file)).array ?? []
            #expect(vectors.count > 20)
            for vector in vectors {
                let token = try #require(vector["token"]?.string)
                let expected = vector["expect"]?["error"]?.string
                let name = Comment(rawValue: vector["name"]?.string ?? "")
                guard (1...8000).contains(token.utf8.count) else { continue }
                let told = try await PublishedKeysTests.verdict(
                    server, message: token, isGood: expected == nil)
                #expect(told == expected, name)
                // A field of HTTP cannot carry the others.
                guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { continue }
                let rest = try await server.http("GET", "/api/v1/rooms", token: token)
                #expect(rest.code == expected, name)
                #expect(try await PublishedKeysTests.verdict(server, handshake: token) == expected, name)
            }
        }
        await server.stop()
    }

    /// The code that a token in the handshake is refused with, or nil.
    private static func verdict(_ server: ServerProcess, handshake token: String) async throws -> String? {
        let connection = try RawConnection(port: server.port)
        connection.send(
            "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Authorization: Bearer \(token)\r\n\r\n")
        return try await connection.receive { bytes, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            if text.hasPrefix("HTTP/1.1 101") { return .some(nil as String?) }
            guard text.hasSuffix("}") else { return nil }
            return .some(try? HTTPAnswer(raw: text).code)
        }
    }

    /// The code that a token in a first message is refused with, or nil.
    private static func verdict(_ server: ServerProcess, message token: String, isGood: Bool) async throws
        -> String?
    {
        let client = try await TestClient(server, welcome: false)
        var writer = JSONWriter()
        JSONValue.object([JSONMember("type", .string("auth")), JSONMember("token", .string(token))])
            .write(to: &writer)
        client.send(writer.text())
        if isGood {
            _ = try await client.push("welcome")
            return nil
        }
        let code = try await client.closeCode()
        return code == 4501 ? "token_invalid" : code == 4001 ? "token_expired" : "closed with \(code)"
    }
}
