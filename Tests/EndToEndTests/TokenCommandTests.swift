import Bytes
import JSON
import StoaTesting
import Testing

@Suite("`stoa token`")
struct TokenCommandTests {
    private static func signed(_ tool: Tool) throws -> String {
        #expect(tool.status == 0, "\(tool.text)")
        return String(try #require(tool.output.split(separator: "\n").first))
    }

    @Test("a role by a token counts in its room and nowhere else, also an owner's")
    func roles() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let other = try await server.room()
        for (role, renames, locks) in [
            ("owner", true, true), ("moderator", false, true), ("member", false, false),
        ] {
            let token = try TokenCommandTests.signed(
                try await Tool.stoa("token", "--sub", "by_token_\(role)", "--role", "\(room)=\(role)"))
            let client = try await TestClient(server, token: token)
            let joined = try await client.request("join", #""room":"\#(room)""#)
            #expect(joined["role"]?.string == role)
            let path = "/api/v1/rooms/\(room)"
            let rename = try await server.http("PATCH", path, #"{"name":"Sets"}"#, token: token)
            #expect((rename.status == 200) == renames, "\(role): \(rename.text)")
            let lock = try await server.http("PATCH", path, #"{"locked":false}"#, token: token)
            #expect((lock.status == 200) == locks, "\(role): \(lock.text)")
            let elsewhere = try await client.request("join", #""room":"\#(other)""#)
            #expect(elsewhere["role"]?.string == "member")
        }
        // The room's own owner stays the one of record.
        let members = try await server.http(
            "GET", "/api/v1/rooms/\(room)/members", token: ServerProcess.token("u_owner"))
        let owners = (members.json?["members"]?.array ?? []).filter { $0["role"]?.string == "owner" }
        #expect(owners.compactMap { $0["user"]?["id"]?.string } == ["u_owner"])
        await server.stop()
    }

    @Test(
        "what a server would not take is not signed",
        arguments: [
            ["--sub", ""], ["--sub", "u a"], ["--sub", "u_a", "--name", ""],
            ["--sub", "u_a", "--name", "A\u{200B}nn"],
            ["--sub", "u_a", "--subscribe", "foo"], ["--sub", "u_a", "--publish", "topic:"],
            ["--sub", "u_a", "--subscribe", "topic:a*b"], ["--sub", "u_a", "--hours", "0"],
            ["--sub", "u_a", "--role", "algebra=owner"],
            ["--sub", "u_a", "--role", "00000000-0000-7000-8000-000000000000=king"],
            ["--sub", "u_a", "--role", "00000000-0000-7000-8000-000000000000"],
        ])
    func refused(arguments: [String]) async throws {
        let secret = ["STOA_JWT_SECRET": ServerProcess.secret]
        let tool = try await Tool(ServerProcess.program.path, ["token"] + arguments, environment: secret)
        #expect(tool.status == 2, "\(tool.text)")
        #expect(tool.output.isEmpty)
    }

    @Test("without a secret, or with a short one, there is no token")
    func secrets() async throws {
        let program = ServerProcess.program.path
        for variables in [[:], ["STOA_JWT_SECRET": "short"]] {
            let tool = try await Tool(program, ["token", "--sub", "u_a"], environment: variables)
            #expect(tool.status == 2)
            #expect(tool.errors.contains("jwt.secret"))
            #expect(tool.errors.contains("--dev") == variables.isEmpty, "\(tool.text)")
        }
    }
}
