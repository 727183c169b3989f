import JSON
import StoaTesting
import Testing

@Suite("Signing in at the server")
struct SignInTests {
    /// Tokens of a person whom the operator signs in.
    private static func signIn(_ server: ServerProcess, _ user: String) async throws -> JSONValue {
        let answer = try await Tool.shell(
            "curl -s --unix-socket \(server.dataDirectory.path)/control.sock -H 'content-type: application/json' "
                + "-d '{\"name\":\"Ann\",\"channels\":{\"publish\":[\"topic:lobby\"]}}' "
                + "http://localhost/api/v1/users/\(user)/sign-ins")
        return try JSONValue(parsing: answer.output)
    }

    private static func text(_ tokens: JSONValue, _ name: String) throws -> String {
        try #require(tokens[name]?.string, "\(tokens)")
    }

    private static func refresh(_ server: ServerProcess, _ token: String) async throws -> HTTPAnswer {
        try await server.http("POST", "/api/v1/auth/refresh", #"{"refresh_token":"\#(token)"}"#)
    }

    private static func status(_ server: ServerProcess, _ token: String) async throws -> String {
        let answer = try await server.http("GET", "/api/v1/me/rooms", token: token)
        return answer.code ?? "\(answer.status)"
    }

    @Test("a refresh token is good once and hands out the next; over a restart as well")
    func rotation() async throws {
        let server = try await ServerProcess()
        let first = try await SignInTests.signIn(server, "wallet_1")
        let client = try await TestClient(server, token: try SignInTests.text(first, "access_token"))
        _ = try await client.request("publish", #""channel":"topic:lobby","data":1"#)
        let second = try await SignInTests.refresh(server, try SignInTests.text(first, "refresh_token"))
        #expect(second.status == 200)
        #expect(second.json?["user"]?["id"]?.string == "wallet_1")
        // The connection goes on, and takes the newer token.
        let newer = try #require(second.json?["access_token"]?.string)
        _ = try await client.request("auth", #""token":"\#(newer)""#)
        await server.stop()
        try await server.start()
        let third = try await SignInTests.refresh(server, try #require(second.json?["refresh_token"]?.string))
        #expect(third.status == 200)
        #expect(try await SignInTests.status(server, newer) == "200")
        for bad in ["r_", "nothing", "r_" + String(repeating: "A", count: 43)] {
            #expect(try await SignInTests.refresh(server, bad).code == "token_invalid")
        }
        await server.stop()
    }

    @Test("a refresh token that comes a second time ends its family: tokens, connections, all of it")
    func reuse() async throws {
        let server = try await ServerProcess()
        let first = try await SignInTests.signIn(server, "u_ann")
        let other = try await SignInTests.signIn(server, "u_ann")
        let stolen = try SignInTests.text(first, "refresh_token")
        let second = try await SignInTests.refresh(server, stolen)
        let access = try #require(second.json?["access_token"]?.string)
        let client = try await TestClient(server, token: access)
        #expect(try await SignInTests.refresh(server, stolen).code == "token_revoked")
        #expect(try await client.closeCode() == 4502)
        #expect(try await SignInTests.status(server, access) == "token_revoked")
        let next = try #require(second.json?["refresh_token"]?.string)
        #expect(try await SignInTests.refresh(server, next).code == "token_revoked")
        // Another sign-in of the same person is another family.
        #expect(try await SignInTests.status(server, try SignInTests.text(other, "access_token")) == "200")
        await server.stop()
    }

    @Test("of many who use one refresh token at once at most one gets the next, and the family is at an end")
    func race() async throws {
        let server = try await ServerProcess()
        let token = try SignInTests.text(try await SignInTests.signIn(server, "u_ann"), "refresh_token")
        let winners = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 {
                group.addTask { try await SignInTests.refresh(server, token).status == 200 ? 1 : 0 }
            }
            return try await group.reduce(0, +)
        }
        // None, where the reuse is found before the first one's answer is made.
        #expect(winners <= 1)
        #expect(try await SignInTests.refresh(server, token).code == "token_revoked")
        await server.stop()
    }

    @Test("signing out ends this sign-in, or everywhere all of them and tokens of the site too")
    func logout() async throws {
        let server = try await ServerProcess()
        let one = try await SignInTests.signIn(server, "u_ann")
        let two = try await SignInTests.signIn(server, "u_ann")
        let three = try await SignInTests.signIn(server, "u_ann")
        let site = ServerProcess.token("u_ann")
        let access = try SignInTests.text(one, "access_token")
        let client = try await TestClient(server, token: access)
        let here = try await server.http("POST", "/api/v1/auth/logout", token: access)
        #expect(here.status == 204)
        #expect(try await client.closeCode() == 4502)
        let ended = try SignInTests.text(one, "refresh_token")
        #expect(try await SignInTests.refresh(server, ended).code == "token_revoked")
        // By the refresh token alone: the access token may have run out.
        let body = #"{"refresh_token":"\#(try SignInTests.text(two, "refresh_token"))"}"#
        #expect(try await server.http("POST", "/api/v1/auth/logout", body).status == 204)
        #expect(
            try await SignInTests.status(server, try SignInTests.text(two, "access_token")) == "token_revoked"
        )
        let nameless = try await server.http("POST", "/api/v1/auth/logout", token: site)
        #expect(nameless.code == "invalid_field")
        let third = try SignInTests.text(three, "access_token")
        #expect(try await SignInTests.status(server, third) == "200")
        let everywhere = try await server.http(
            "POST", "/api/v1/auth/logout", #"{"everywhere":true}"#, token: third)
        #expect(everywhere.status == 204)
        for token in [site, third] { #expect(try await SignInTests.status(server, token) == "token_revoked") }
        let last = try SignInTests.text(three, "refresh_token")
        #expect(try await SignInTests.refresh(server, last).code == "token_revoked")
        await server.stop()
    }

    @Test("who is banned gets no further tokens")
    func banned() async throws {
        let server = try await ServerProcess()
        let tokens = try await SignInTests.signIn(server, "u_ann")
        let ban = try await Tool.stoa("user", "ban", "u_ann", "--data-dir", server.dataDirectory.path)
        #expect(ban.status == 0, "\(ban.text)")
        let answer = try await SignInTests.refresh(server, try SignInTests.text(tokens, "refresh_token"))
        #expect(answer.code == "banned")
        await server.stop()
    }
}
