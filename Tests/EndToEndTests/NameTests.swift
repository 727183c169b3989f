import JSON
import StoaTesting
import TestWallet
import Testing

@Suite("One's own name")
struct NameTests {
    private static func rename(
        _ server: ServerProcess, _ name: String, _ token: String
    ) async throws -> HTTPAnswer {
        var writer = JSONWriter()
        JSONValue.object([JSONMember("name", .string(name))]).write(to: &writer)
        return try await server.http("PATCH", "/api/v1/me", writer.text(), token: token)
    }

    /// The name that a connection is welcomed by.
    private static func welcomed(_ server: ServerProcess, _ token: String) async throws -> String? {
        let client = try await TestClient(server, token: token, welcome: false)
        return try await client.push("welcome")["user"]?["name"]?.string
    }

    @Test(
        "a new name is shown at once where one is, and stays: for live connections, members, the next sign-in"
    )
    func rename() async throws {
        let server = try await WalletFlow.server()
        let wallet = TestWallet(1)
        let (token, id) = try await WalletFlow.signIn(server, wallet)
        let room = try await server.room()
        let watcher = try await TestClient(server, token: ServerProcess.token("u_owner"))
        try await watcher.request("join", #""room":"\#(room)""#)
        let old = try await TestClient(server, token: token)
        try await old.request("join", #""room":"\#(room)""#)
        _ = try await watcher.push("user_joined") { $0["user"]?["id"]?.string == id }

        let answer = try await NameTests.rename(server, "Cy Young", token)
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.json?["user"]?["name"]?.string == "Cy Young")
        let seen = try await watcher.push("user_updated")
        #expect(seen["user"]?["id"]?.string == id)
        #expect(seen["user"]?["name"]?.string == "Cy Young")
        // The connection that is there speaks under the new name, with the token of before.
        try await old.request("chat_message", #""room":"\#(room)","content":"hello""#)
        let message = try await watcher.push("new_message")
        #expect(message["message"]?["author"]?["name"]?.string == "Cy Young")
        let mention = try await watcher.request(
            "chat_message", #""room":"\#(room)","content":"hello @cy young""#)
        let history = try await watcher.request("history", #""room":"\#(room)""#)
        #expect(
            history["messages"]?.array?.last?["mentions"]?.array?.compactMap(\.string) == [id],
            "\(mention)")
        let state = try await watcher.request("presence", #""room":"\#(room)""#)
        #expect(state["people"]?.array?.contains { $0["name"] == .string("Cy Young") } == true)
        let members = try await server.http(
            "GET", "/api/v1/rooms/\(room)/members", token: ServerProcess.token("u_owner"))
        let listed = members.json?["members"]?.array?.compactMap { $0["user"]?["name"]?.string }
        #expect(listed?.contains("Cy Young") == true)

        // The new token says it, and the next sign-in, over a restart.
        let next = try #require(answer.json?["access_token"]?.string)
        #expect(try await NameTests.welcomed(server, next) == "Cy Young")
        await server.stop()
        try await server.start()
        let (again, same) = try await WalletFlow.signIn(server, wallet)
        #expect(same == id)
        #expect(try await NameTests.welcomed(server, again) == "Cy Young")
        await server.stop()
    }

    @Test("names are as guests' are; whose name comes from elsewhere cannot change it here; it is bounded")
    func refusals() async throws {
        let server = try await WalletFlow.server()
        let (token, _) = try await WalletFlow.signIn(server, TestWallet(1))
        for name in ["", "\u{202e}", "   ", String(repeating: "a", count: 65)] {
            #expect(try await NameTests.rename(server, name, token).code == "invalid_field", "\(name)")
        }
        #expect(try await server.http("PATCH", "/api/v1/me", #"{"name":"x"}"#).status == 401)
        #expect(try await NameTests.rename(server, "x", ServerProcess.token("u_bob")).code == "forbidden")
        for number in 1...20 {
            #expect(try await NameTests.rename(server, "Name \(number)", token).status == 200)
        }
        let refused = try await NameTests.rename(server, "Name 21", token)
        #expect(refused.code == "rate_limited")
        #expect(refused.headers["retry-after"] != nil)
        // A sign-in that has ended names nobody.
        #expect(try await server.http("POST", "/api/v1/auth/logout", "{}", token: token).status == 204)
        #expect(try await NameTests.rename(server, "x", token).code == "token_revoked")
        await server.stop()
    }
}
