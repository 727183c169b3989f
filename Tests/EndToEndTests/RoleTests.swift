import StoaTesting
import TestRandom
import Testing

@Suite("Roles over HTTP")
struct RoleTests {
    /// A room with an owner, two moderators, members; the stranger never joined.
    private struct Setting {
        let server: ServerProcess
        let room: String
        let clients: [TestClient]

        init() async throws {
            server = try await ServerProcess(["presence.grace_ms": "0"])
            room = try await server.room()
            var clients: [TestClient] = []
            for user in ["u_mod", "u_mod2", "u_member", "u_member2", "u_member3"] {
                let client = try await TestClient(server, token: ServerProcess.token(user))
                try await client.request("join", #""room":"\#(room)""#)
                clients.append(client)
            }
            self.clients = clients
            for user in ["u_mod", "u_mod2"] {
                let status = try await act("u_owner", "PUT", "/members/\(user)", #"{"role":"moderator"}"#)
                guard status == 204 else { throw TestFailure("\(user) is no moderator: \(status)") }
            }
        }

        /// One request in the name of somebody.
        func act(_ user: String, _ method: String, _ path: String, _ body: String? = nil) async throws -> Int
        {
            try await server.http(
                method, "/api/v1/rooms/\(room)\(path)", body, token: ServerProcess.token(user)
            ).status
        }

        /// Everybody's role as the owner sees it.
        func roles() async throws -> [String: String] {
            let answer = try await server.http(
                "GET", "/api/v1/rooms/\(room)/members", token: ServerProcess.token("u_owner"))
            let members = answer.json?["members"]?.array ?? []
            return Dictionary(
                members.compactMap { member in
                    guard let user = member["user"]?["id"]?.string, let role = member["role"]?.string else {
                        return nil
                    }
                    return (user, role)
                }
            ) { $1 }
        }
    }

    @Test("each act is for the roles that it is for, and for nobody else (B6)")
    func matrix() async throws {
        let setting = try await Setting()
        let moderators = ["u_mod", "u_owner"]
        let acts: [(String, String, String?, Set<String>)] = [
            ("GET", "/bans", nil, Set(moderators)), ("GET", "/reports", nil, Set(moderators)),
            ("PATCH", "", #"{"slow_mode_ms":0}"#, Set(moderators)),
            ("PATCH", "", #"{"locked":false}"#, Set(moderators)),
            ("PATCH", "", #"{"name":"New"}"#, ["u_owner"]),
            ("PATCH", "", #"{"max_participants":9}"#, ["u_owner"]),
            ("POST", "/invitations", "{}", Set(moderators)),
            ("PUT", "/members/u_member2", #"{"role":"moderator"}"#, ["u_owner"]),
            ("PUT", "/members/u_member2", #"{"role":"member"}"#, ["u_owner"]),
            ("POST", "/bans", #"{"user":"u_member3"}"#, Set(moderators)),
            ("DELETE", "/members/u_mod2", nil, []), ("POST", "/bans", #"{"user":"u_owner"}"#, []),
            ("PUT", "/members/u_owner", #"{"role":"member"}"#, []), ("DELETE", "/members/u_owner", nil, []),
            ("GET", "/messages", nil, ["u_stranger", "u_member", "u_mod", "u_owner"]),
            ("POST", "/messages", #"{"content":"a"}"#, ["u_stranger", "u_member", "u_mod", "u_owner"]),
        ]
        for (method, path, body, allowed) in acts {
            for user in ["u_stranger", "u_member", "u_mod", "u_owner"] {
                // The owner may end a moderator's membership; that is not what is asked here.
                if user == "u_owner", method == "DELETE", path == "/members/u_mod2" { continue }
                let status = try await setting.act(user, method, path, body)
                #expect(
                    (200..<300).contains(status) == allowed.contains(user),
                    "\(user) \(method) \(path): \(status)")
            }
        }
        #expect(try await setting.server.http("GET", "/api/v1/rooms/\(setting.room)/bans").status == 401)
        #expect(try await setting.act("u_mod", "DELETE", "") == 403)
        #expect(try await setting.act("u_owner", "DELETE", "") == 204)
        await setting.server.stop()
    }

    @Test(
        "no sequence of acts by others than the owner lifts anybody's rank (B6)",
        arguments: [1, 2, 3] as [UInt64])
    func ranks(_ seed: UInt64) async throws {
        let setting = try await Setting()
        let users = ["u_mod", "u_mod2", "u_member", "u_member2", "u_member3", "u_stranger"]
        var random = SeededRandom(seed: seed)
        var moderators = Set(["u_mod", "u_mod2"])
        for _ in 0..<60 {
            let actor = users.randomElement(using: &random) ?? ""
            let other = (users + ["u_owner"]).randomElement(using: &random) ?? ""
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                let role = ["owner", "moderator", "member"].randomElement(using: &random) ?? ""
                let status = try await setting.act(actor, "PUT", "/members/\(other)", #"{"role":"\#(role)"}"#)
                #expect(status >= 400)
            case 1: _ = try await setting.act(actor, "POST", "/bans", #"{"user":"\#(other)"}"#)
            case 2: _ = try await setting.act(actor, "DELETE", "/bans/\(other)")
            case 3: _ = try await setting.act(actor, "DELETE", "/members/\(other)")
            case 4: _ = try await setting.act(actor, "POST", "/invitations", #"{"user":"\#(other)"}"#)
            default:
                let client = try await TestClient(setting.server, token: ServerProcess.token(actor))
                _ = try? await client.request("join", #""room":"\#(setting.room)""#)
                client.cut()
            }
            let roles = try await setting.roles()
            #expect(roles.filter { $0.value == "owner" }.map(\.key) == ["u_owner"])
            let now = Set(roles.filter { $0.value == "moderator" }.map(\.key))
            #expect(now.isSubset(of: moderators))
            moderators = now
        }
        await setting.server.stop()
    }

    @Test("of many transfers at once by one owner one is done, and the room has one owner after it (A7)")
    func transferRace() async throws {
        let setting = try await Setting()
        let heirs = ["u_mod", "u_mod2", "u_member", "u_member2", "u_member3"]
        for _ in 0..<3 {
            let roles = try await setting.roles()
            let owner = try #require(roles.first { $0.value == "owner" }?.key)
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for heir in heirs where heir != owner {
                    group.addTask {
                        try await setting.act(owner, "PUT", "/members/\(heir)", #"{"role":"owner"}"#)
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 204 } == 1)
            #expect(statuses.allSatisfy { $0 == 204 || $0 == 403 })
            let after = try await setting.roles()
            #expect(after.values.count { $0 == "owner" } == 1)
            #expect(after[owner] == "moderator")
        }
        await setting.server.stop()
    }
}
