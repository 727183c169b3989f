import Foundation
import JSON
import StoaTesting
import TestWallet
import Testing

@Suite("Export and erasure")
struct PrivacyTests {
    private static let eve = "u_eve_the_erased"

    private static func user(_ server: ServerProcess, _ arguments: String...) async throws -> Tool {
        try await Tool(
            ServerProcess.program.path, ["user"] + arguments + ["--data-dir", server.dataDirectory.path],
            environment: ["STOA_JWT_SECRET": ServerProcess.secret])
    }

    /// Asks until a job is at its end.
    private static func done(
        _ server: ServerProcess, _ path: String, token: String? = nil
    ) async throws -> JSONValue {
        for _ in 0..<1000 {
            let answer = try await server.http("GET", path, token: token)
            guard answer.status == 200, let job = answer.json else { throw TestFailure(answer.text) }
            if job["state"]?.string == "done" { return job }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw TestFailure("the job does not end")
    }

    /// A room in which Eve has said, done and been much; returns its id.
    private static func prepare(_ server: ServerProcess, messages: Int = 3) async throws -> String {
        let room = try await server.room(owner: eve)
        let token = ServerProcess.token(eve)
        let ann = ServerProcess.token("u_ann")
        var last = ""
        for number in 0..<messages {
            let answer = try await server.http(
                "POST", "/api/v1/rooms/\(room)/messages",
                #"{"content":"swordfish \#(number)","client_id":"c-\#(number)"}"#, token: token)
            guard answer.status == 201 else { throw TestFailure(answer.text) }
            last = answer.json?["message_id"]?.string ?? ""
        }
        _ = try await server.http(
            "PATCH", "/api/v1/rooms/\(room)/messages/\(last)", #"{"content":"swordfish edited"}"#,
            token: token)
        // Not before: who waits for nothing answers no pings, and a thousand messages may take longer than those may.
        let client = try await TestClient(server, token: ann)
        try await client.request("join", #""room":"\#(room)""#)
        let own = try await client.request(
            "chat_message", #""room":"\#(room)","content":"from ann @u_eve_the_erased""#)
        let socket = try await TestClient(server, token: token)
        try await socket.request("join", #""room":"\#(room)""#)
        let id = own["message_id"]?.string ?? ""
        try await socket.request("reaction_add", #""room":"\#(room)","message_id":"\#(id)","emoji":"👍""#)
        try await socket.request("read_marker", #""room":"\#(room)","seq":2"#)
        _ = try await server.http(
            "POST", "/api/v1/rooms/\(room)/bans", #"{"user":"u_bob"}"#, token: token)
        return room
    }

    @Test("an export holds what a person said, did and is, and is theirs alone (F5)")
    func export() async throws {
        let server = try await ServerProcess()
        let room = try await PrivacyTests.prepare(server)
        let token = ServerProcess.token(PrivacyTests.eve)
        let asked = try await server.http("POST", "/api/v1/me/export", token: token)
        #expect(asked.status == 202)
        let path = "/api/v1/me/export/\(asked.json?["job"]?.string ?? "")"
        let job = try await PrivacyTests.done(server, path, token: token)
        var lines: [JSONValue] = []
        for part in 0..<(job["parts"]?.integer ?? 0) {
            let answer = try await server.http("GET", "\(path)/parts/\(part)", token: token)
            #expect(answer.headers["content-type"] == "application/x-ndjson")
            lines += try answer.text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        }
        func of(_ kind: String) -> [JSONValue] { lines.filter { $0["kind"]?.string == kind } }
        #expect(of("person").first?["user"]?.string == PrivacyTests.eve)
        #expect(of("message").count == 3)
        #expect(of("message").last?["content"]?.string == "swordfish edited")
        #expect(of("reaction").first?["emoji"]?.string == "👍")
        #expect(of("membership").first?["room_id"]?.string == room)
        #expect(of("read_marker").count == 1)
        #expect(of("record").contains { $0["action"]?.string == "ban.add" })
        // The last line says how much there is.
        let counts = lines.last?["counts"]
        #expect(lines.last?["kind"]?.string == "total" && of("total").count == 1)
        for kind in ["message", "reaction", "membership", "record"] {
            #expect(counts?[kind]?.integer == Int64(of(kind).count), "\(kind)")
        }
        let receipt = try #require(job["receipt"])
        #expect(receipt["counts"]?["message"]?.integer == 3)
        // Nobody else's to see.
        let ann = ServerProcess.token("u_ann")
        #expect(try await server.http("GET", path, token: ann).status == 404)
        #expect(try await server.http("GET", "\(path)/parts/0", token: ann).status == 404)
        #expect(try await server.http("GET", "\(path)/parts/99", token: token).status == 404)
        let tool = try await PrivacyTests.user(server, "export", PrivacyTests.eve)
        #expect(tool.status == 0 && tool.output.contains("swordfish edited"), "\(tool.text)")
        await server.stop()
    }

    @Test("an erasure leaves tombstones and nothing of the person; the room goes on with another owner (F5)")
    func tombstones() async throws {
        let server = try await ServerProcess()
        let room = try await PrivacyTests.prepare(server)
        let token = ServerProcess.token(PrivacyTests.eve)
        let live = try await TestClient(server, token: token)
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await ann.request("join", #""room":"\#(room)""#)
        let unsure = try await server.http(
            "POST", "/api/v1/me/erase", #"{"confirm":"u_ann"}"#, token: token)
        #expect(unsure.code == "invalid_field")
        let asked = try await server.http(
            "POST", "/api/v1/me/erase", #"{"confirm":"\#(PrivacyTests.eve)"}"#, token: token)
        #expect(asked.status == 202, "\(asked.text)")
        #expect(try await live.closeCode() == 4502)
        let id = asked.json?["job"]?.string ?? ""
        let job = try await PrivacyTests.done(server, "/api/v1/erasures/\(id)")
        #expect(job["receipt"]?["counts"]?["messages"]?.integer == 3)
        // Whoever is in the room sees the messages go.
        _ = try await ann.push("message_deleted")
        let history = try await ann.request("history", #""room":"\#(room)""#)
        var writer = JSONWriter()
        history.write(to: &writer)
        let text = writer.text()
        #expect(!text.contains("swordfish") && !text.contains(#""id":"u_eve_the_erased""#), "\(text)")
        #expect((history["messages"]?.array ?? []).count { $0["deleted"]?.bool == true } == 3)
        let found = try await ann.request("search", #""room":"\#(room)","query":"swordfish""#)
        #expect(found["messages"]?.array?.isEmpty == true)
        let members = try await server.http(
            "GET", "/api/v1/rooms/\(room)/members", token: ServerProcess.token("u_ann"))
        #expect(members.text.contains(#""role":"owner""#) && !members.text.contains(PrivacyTests.eve))
        #expect(try await server.http("GET", "/api/v1/me/rooms", token: token).code == "token_revoked")
        // What is replayed says nothing of them either.
        let late = try await TestClient(server, token: ServerProcess.token("u_late"))
        let joined = try await late.request("join", #""room":"\#(room)","history":50"#)
        var other = JSONWriter()
        joined.write(to: &other)
        let replayed = other.text()
        #expect(!replayed.contains("swordfish") && !replayed.contains(#""id":"u_eve_the_erased""#))
        await server.stop()
    }

    @Test(
        "what was pushed to an erased person alone is forgotten: nobody who comes under their name is replayed it"
    )
    func personalChannel() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let token = ServerProcess.token(PrivacyTests.eve)
        let live = try await TestClient(server, token: token)
        let before = try await live.request("subscribe", #""channels":["me"]"#)
        let epoch = try #require(before["channels"]?["me"]?["epoch"]?.string, "\(before)")
        try await live.request("join", #""room":"\#(room)""#)
        try await live.request("chat_message", #""room":"\#(room)","content":"hello""#)
        try await live.request("read_marker", #""room":"\#(room)","seq":1"#)
        _ = try await live.push("read_updated") { $0["channel"]?.string == "me" }
        let tool = try await PrivacyTests.user(
            server, "erase", PrivacyTests.eve, "--confirm", PrivacyTests.eve)
        #expect(tool.status == 0, "\(tool.text)")
        #expect(try await live.closeCode() == 4502)
        var grant = ServerProcess.grant(PrivacyTests.eve)
        grant.issuedAt = .now()
        let again = try await TestClient(server, token: ServerProcess.sign(grant))
        let since = #""channels":["me"],"since":{"me":{"epoch":"\#(epoch)","offset":0}}"#
        let after = try await again.request("subscribe", since)
        #expect(after["channels"]?["me"]?["recovered"]?.bool == false, "\(after)")
        _ = try await again.request("ping")
        #expect(again.log.allSatisfy { $0["type"]?.string != "read_updated" })
        await server.stop()
    }

    @Test("by configuration messages stay, as a nameless person's; wallets and sign-ins go")
    func anonymous() async throws {
        let server = try await WalletFlow.server(["erasure.messages": "anonymous"])
        let wallet = TestWallet(77)
        let eve = try await WalletFlow.signIn(server, wallet)
        let room = try await server.room()
        let said = try await server.http(
            "POST", "/api/v1/rooms/\(room)/messages", #"{"content":"this stays"}"#, token: eve.token)
        #expect(said.status == 201)
        let tool = try await PrivacyTests.user(server, "erase", eve.id, "--confirm", eve.id)
        #expect(tool.status == 0, "\(tool.text)")
        #expect(!tool.output.contains(eve.id))
        let receipt = try JSONValue(parsing: tool.output)
        #expect(receipt["receipt"]?["counts"]?["wallets"]?.integer == 1)
        #expect(receipt["receipt"]?["counts"]?["sign_ins"]?.integer == 1)
        let history = try await server.http(
            "GET", "/api/v1/rooms/\(room)/messages", token: ServerProcess.token("u_owner"))
        #expect(history.text.contains("this stays") && history.text.contains("Deleted person"))
        #expect(!history.text.contains(eve.id))
        // The wallet is nobody's, and makes a new person.
        let again = try await WalletFlow.signIn(server, wallet)
        #expect(again.id != eve.id)
        await server.stop()
    }

    @Test("an erasure reaches rooms that are archived, also that of somebody who was alone in it")
    func archived() async throws {
        let server = try await ServerProcess()
        let token = ServerProcess.token(PrivacyTests.eve)
        let room = try await server.room(owner: PrivacyTests.eve)
        let said = try await server.http(
            "POST", "/api/v1/rooms/\(room)/messages", #"{"content":"swordfish"}"#, token: token)
        #expect(said.status == 201)
        let asked = try await server.http(
            "POST", "/api/v1/me/erase", #"{"confirm":"\#(PrivacyTests.eve)"}"#, token: token)
        let job = try await PrivacyTests.done(
            server, "/api/v1/erasures/\(asked.json?["job"]?.string ?? "")")
        #expect(job["receipt"]?["counts"]?["messages"]?.integer == 1)
        await server.stop()
    }

    /// Waits until some more of a room's messages have been deleted.
    private static func deletions(_ server: ServerProcess, _ room: String) async throws {
        func seq() async throws -> Int64 {
            let answer = try await server.http("GET", "/api/v1/me/rooms", token: ServerProcess.token("u_ann"))
            return answer.json?["rooms"]?.array?.first?["seq"]?.integer ?? 0
        }
        let before = try await seq()
        for _ in 0..<500 where try await seq() < before + 20 { try await Task.sleep(for: .milliseconds(2)) }
    }

    @Test("an erasure that a crash cuts off goes on where it was, and talk goes on meanwhile")
    func crash() async throws {
        let server = try await ServerProcess()
        let room = try await PrivacyTests.prepare(server, messages: 1000)
        let token = ServerProcess.token(PrivacyTests.eve)
        let asked = try await server.http(
            "POST", "/api/v1/me/erase", #"{"confirm":"\#(PrivacyTests.eve)"}"#, token: token)
        let path = "/api/v1/erasures/\(asked.json?["job"]?.string ?? "")"
        let ann = ServerProcess.token("u_ann")
        for round in 0..<3 {
            try await PrivacyTests.deletions(server, room)
            let said = try await server.http(
                "POST", "/api/v1/rooms/\(room)/messages", #"{"content":"round \#(round)"}"#, token: ann)
            #expect(said.status == 201)
            server.kill()
            _ = await server.exitStatus()
            try await server.start()
        }
        let job = try await PrivacyTests.done(server, path)
        // Exactly: no step is lost, and none is counted twice.
        #expect(job["receipt"]?["counts"]?["messages"]?.integer == 1000)
        let deleted = try await server.http("GET", "/api/v1/rooms/\(room)/messages?limit=100", token: ann)
        #expect(!deleted.text.contains("swordfish") && deleted.text.contains("round 2"))
        #expect(!deleted.text.contains(#""id":"u_eve_the_erased""#))
        await server.stop()
    }
}
