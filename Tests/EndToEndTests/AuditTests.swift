import Foundation
import JSON
import StoaTesting
import TestWallet
import Testing

@Suite("The record of privileged acts")
struct AuditTests {
    private static func stoa(_ server: ServerProcess, _ arguments: [String]) async throws -> Tool {
        try await Tool(
            ServerProcess.program.path, arguments + ["--data-dir", server.dataDirectory.path],
            environment: ["STOA_JWT_SECRET": ServerProcess.secret])
    }

    /// The record's lines, as `stoa audit` prints them.
    private static func lines(_ server: ServerProcess, _ filter: String...) async throws -> [JSONValue] {
        let tool = try await stoa(server, ["audit"] + filter)
        guard tool.status == 0 else { throw TestFailure("stoa audit: \(tool.text)") }
        return try tool.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    @Test("acts in a room are kept with who, what, whom, from where and by which request (F5)")
    func acts() async throws {
        let server = try await ServerProcess(["audit.addresses": "full"])
        let room = try await server.room()
        let path = "/api/v1/rooms/\(room)"
        let owner = ServerProcess.token("u_owner")
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await ann.request("join", #""room":"\#(room)""#)
        let role = try await server.http(
            "PUT", "\(path)/members/u_ann", #"{"role":"moderator"}"#, token: owner)
        #expect(role.status == 204)
        let ban = #"{"user":"u_bob","reason":"spam","token":"not-to-be-kept"}"#
        #expect(try await server.http("POST", "\(path)/bans", ban, token: owner).status == 201)
        #expect(try await server.http("DELETE", "\(path)/bans/u_bob", token: owner).status == 204)
        #expect(try await server.http("PATCH", path, #"{"locked":true}"#, token: owner).status == 200)
        #expect(try await server.http("DELETE", "\(path)/members/u_ann", token: owner).status == 204)
        // One's own leaving is no privilege.
        let lines = try await AuditTests.lines(server, "--room", room)
        #expect(
            lines.map { $0["action"]?.string } == [
                "member.role.moderator", "ban.add", "ban.remove", "room.update", "member.remove",
            ])
        let first = try #require(lines.first)
        #expect(first["by"]?.string == "u_owner")
        #expect(first["target"]?.string == "u_ann")
        #expect(first["address"]?.string == "127.0.0.1")
        #expect(first["request_id"]?.string == role.headers["x-request-id"])
        #expect(first["outcome"]?.string == "done")
        #expect(lines[1]["details"] == .object([JSONMember("reason", .string("spam"))]))
        #expect(lines[3]["details"]?["locked"]?.bool == true)
        // Its moderators read a room's record, without addresses.
        let seen = try await server.http("GET", "\(path)/audit?limit=2", token: owner)
        let entries = seen.json?["entries"]?.array ?? []
        #expect(entries.compactMap { $0["action"]?.string } == ["member.remove", "room.update"])
        #expect(entries.allSatisfy { $0["address"] == nil })
        #expect(
            try await server.http("GET", "\(path)/audit", token: ServerProcess.token("u_eve")).status == 403)
        await server.stop()
    }

    @Test("what moderators do to messages is kept, over a socket too: who, whose, which, never the text")
    func messages() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let said = #""room":"\#(room)""#
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        let owner = try await TestClient(server, token: ServerProcess.token("u_owner"))
        for client in [ann, owner] { try await client.request("join", said) }
        var messages: [String] = []
        for client in [ann, ann, ann, owner] {
            let sent = try await client.request("chat_message", said + #","content":"swordfish""#)
            messages.append(try #require(sent["message_id"]?.string))
        }
        for (type, index) in [("pin", 0), ("pin", 0), ("unpin", 0), ("pin", 3), ("delete", 1), ("delete", 3)]
        {
            try await owner.request("message_\(type)", said + #","message_id":"\#(messages[index])""#)
        }
        // One's own is no privilege.
        try await ann.request("message_delete", said + #","message_id":"\#(messages[0])""#)
        let deleted = try await server.http(
            "DELETE", "/api/v1/rooms/\(room)/messages/\(messages[2])", token: ServerProcess.token("u_owner"))
        #expect(deleted.status == 200)
        let lines = try await AuditTests.lines(server, "--action", "message.")
        let expected = [
            ("message.pin", "u_ann", 0), ("message.unpin", "u_ann", 0), ("message.pin", "u_owner", 3),
            ("message.delete", "u_ann", 1), ("message.delete", "u_ann", 2),
        ]
        #expect(lines.map { $0["action"]?.string } == expected.map(\.0))
        #expect(lines.map { $0["target"]?.string } == expected.map(\.1))
        #expect(
            lines.map { $0["details"] }
                == expected.map { .object([JSONMember("message_id", .string(messages[$0.2]))]) })
        #expect(lines.allSatisfy { $0["by"]?.string == "u_owner" && $0["room"]?.string == room })
        await server.stop()
    }

    @Test(
        "the operator's acts are kept, and found by actor, action, target and time; others may not read them")
    func server() async throws {
        let server = try await ServerProcess()
        #expect(try await AuditTests.stoa(server, ["user", "ban", "u_eve", "--reason", "spam"]).status == 0)
        #expect(try await AuditTests.stoa(server, ["user", "tier", "u_ann", "--to", "pro"]).status == 0)
        #expect(try await AuditTests.stoa(server, ["user", "revoke", "u_ann"]).status == 0)
        let bans = try await AuditTests.lines(server, "--action", "server_ban.")
        #expect(bans.map { $0["target"]?.string } == ["u_eve"])
        let ann = try await AuditTests.lines(server, "--target", "u_ann")
        #expect(ann.map { $0["action"]?.string } == ["user.tier", "user.revoke"])
        #expect(ann.first?["details"]?["tier"]?.string == "pro")
        let later = ann.last?["at"]?.integer.map { String($0 + 1) } ?? ""
        #expect(try await AuditTests.lines(server, "--since", later).isEmpty)
        #expect(try await AuditTests.lines(server, "--until", later).count == 3)
        #expect(try await AuditTests.lines(server, "--actor", "nobody").isEmpty)
        let path = "/api/v1/audit"
        #expect(try await server.http("GET", path).code == "unauthenticated")
        #expect(try await server.http("GET", path, token: ServerProcess.token("u_ann")).code == "forbidden")
        await server.stop()
        // Without a server the command reads the store, and what it does there is kept too.
        #expect(try await AuditTests.stoa(server, ["user", "unban", "u_eve"]).status == 0)
        let kept = try await AuditTests.lines(server, "--action", "server_ban.remove")
        #expect(kept.map { $0["by"]?.string } == ["operator"])
    }

    @Test("refusals are kept: the first at once, those after it from the same network as one count")
    func refusals() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let eve = ServerProcess.token("u_eve")
        for _ in 0..<20 {
            let answer = try await server.http(
                "PATCH", "/api/v1/rooms/\(room)", #"{"locked":true}"#, token: eve)
            #expect(answer.code == "forbidden")
        }
        for _ in 0..<20 {
            #expect(try await server.http("GET", "/api/v1/me/rooms", token: "a.b.c").code == "token_invalid")
        }
        await server.stop()
        let refused = try await AuditTests.lines(server, "--room", room)
        #expect(refused.allSatisfy { $0["outcome"]?.string == "forbidden" && $0["by"]?.string == "u_eve" })
        #expect(refused.compactMap { $0["count"]?.integer }.reduce(0, +) == 20)
        #expect(refused.compactMap { $0["count"]?.integer }.sorted() == [1, 19])
        let tokens = try await AuditTests.lines(server, "--action", "sign_in.token")
        #expect(tokens.compactMap { $0["count"]?.integer }.reduce(0, +) == 20)
        #expect(tokens.first?["address"]?.string == "127.0.0.0/24")
        #expect(tokens.count == 2)
    }

    @Test(
        "no secret is in the log or in the store's files: tokens, tickets, keys, invitations, query strings, signatures, codes by mail (F5)"
    )
    func secrets() async throws {
        let host = try await MailHost()
        let server = try await EmailFlow.server(
            host, ["log.level": "debug", "wallet.origins": "https://app.example"])
        let room = try await server.room()
        let owner = ServerProcess.token("u_owner")
        var secrets = [ServerProcess.secret, owner, "hunter2-in-a-query"]
        let ticket = try await server.http("POST", "/api/v1/auth/ticket", token: owner)
        secrets.append(try #require(ticket.json?["ticket"]?.string))
        _ = try await TestClient(server, path: "/ws?ticket=\(secrets[3])")
        let made = try await AuditTests.stoa(
            server, ["key", "create", "--name", "bot", "--scope", "rooms:read"])
        #expect(made.status == 0, "\(made.text)")
        let key = try #require(
            made.output.split { " \n\"".contains($0) }.first { $0.hasPrefix("stoa_key_") }
        ).description
        secrets.append(key)
        let invitation = try await server.http(
            "POST", "/api/v1/rooms/\(room)/invitations", "{}", token: owner)
        secrets.append(try #require(invitation.json?["code"]?.string))
        for secret in [owner, key, "wrong-\(key)"] {
            _ = try await server.http("GET", "/api/v1/rooms?query=hunter2-in-a-query", token: secret)
            _ = try await server.http("GET", "/api/v1/audit?token=\(secret)", token: secret)
            _ = try await server.http(
                "PATCH", "/api/v1/rooms/\(room)?token=\(secret)", #"{"token":"\#(secret)"}"#, token: secret)
        }
        let refresh = try await server.http(
            "POST", "/api/v1/auth/refresh", #"{"refresh_token":"r_not-a-token-of-ours"}"#)
        #expect(refresh.status == 401)
        secrets.append("r_not-a-token-of-ours")
        secrets += try await AuditTests.signIns(server, host)
        await server.stop()
        let files = try FileManager.default.contentsOfDirectory(
            at: server.dataDirectory, includingPropertiesForKeys: nil)
        #expect(files.contains { $0.lastPathComponent.contains("stoa") })
        for secret in secrets {
            #expect(!server.log.contains(secret), "\(secret.prefix(12)) is in the log")
            for file in files where !file.hasDirectoryPath {
                guard let bytes = try? Data(contentsOf: file) else { continue }
                #expect(
                    bytes.range(of: Data(secret.utf8)) == nil,
                    "\(secret.prefix(12)) is in \(file.lastPathComponent)")
            }
        }
    }

    /// Signs in with a wallet and by mail, well and badly.
    ///
    /// - Returns: All that nobody may find.
    private static func signIns(_ server: ServerProcess, _ host: MailHost) async throws -> [String] {
        var secrets: [String] = []
        let wallet = TestWallet(1)
        for isGood in [true, false] {
            let text = try await WalletFlow.text(server, wallet)
            let proof = WalletFlow.proof(wallet, Array((isGood ? text : text + "!").utf8))
            let parsed = try JSONValue(parsing: proof)
            secrets += ["signature", "signed_message"].compactMap { parsed[$0]?.string }
            let answer = try await WalletFlow.verify(server, proof)
            #expect((answer.status == 200) == isGood, "\(answer.text)")
            secrets += ["access_token", "refresh_token"].compactMap { answer.json?[$0]?.string }
        }
        // Codes have six digits, which a time or a request's id may have too: found as a word by itself.
        _ = try await EmailFlow.ask(server, "ann@example.org")
        let code = try #require(try await host.mail(1).code)
        _ = try await EmailFlow.verify(server, "ann@example.org", EmailFlow.other(code))
        let answer = try await EmailFlow.verify(server, "ann@example.org", code)
        secrets += ["access_token", "refresh_token"].compactMap { answer.json?[$0]?.string }
        for text in [code, EmailFlow.other(code)] {
            let words = server.log.split { !$0.isNumber && !$0.isLetter }
            #expect(!words.contains { $0 == text }, "a code is in the log")
        }
        #expect(secrets.count == 8)
        return secrets
    }
}
