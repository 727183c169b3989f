import Foundation
import JSON
import StoaTesting
import Testing

@Suite("The operator's commands")
struct OperatorTests {
    private static func id(_ tool: Tool) throws -> String {
        try #require(try JSONValue(parsing: Array(tool.output.utf8).span)["id"]?.string, "\(tool.text)")
    }

    @Test("`stoa room` goes through the running server, whose members see it, and else to the store")
    func rooms() async throws {
        let server = try await ServerProcess()
        let data = server.dataDirectory.path
        let made = try await Tool.stoa("room", "create", "--name", "Logic", "--data-dir", data)
        let room = try OperatorTests.id(made)
        let client = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await client.request("join", #""room":"\#(room)""#)
        let updated = try await Tool.stoa(
            "room", "update", "--id", room, "--name", "Sets", "--data-dir", data)
        #expect(updated.status == 0, "\(updated.text)")
        #expect(try await client.push("room_updated")["info"]?["name"]?.string == "Sets")
        #expect(try await Tool.stoa("room", "list", "--data-dir", data).output.contains(room))
        #expect(try await Tool.stoa("room", "archive", "--id", room, "--data-dir", data).status == 0)
        #expect(try await client.push("left")["reason"]?.string == "archived")
        #expect(!(try await Tool.stoa("room", "list", "--data-dir", data).output.contains(room)))
        #expect(try await Tool.stoa("room", "list", "--archived", "--data-dir", data).output.contains(room))
        let asked = try await server.http(
            "GET", "/api/v1/rooms?archived=true", token: ServerProcess.token("u_ann"))
        #expect(asked.status == 403)
        await server.stop()

        let offline = try await Tool.stoa("room", "create", "--name", "Graphs", "--data-dir", data)
        let second = try OperatorTests.id(offline)
        #expect(
            try await Tool.stoa("room", "show", "--id", second, "--data-dir", data).output.contains("Graphs"))
        let missing = "00000000-0000-7000-8000-000000000000"
        let refused = try await Tool.stoa("room", "show", "--id", missing, "--data-dir", data)
        #expect(refused.status == 1)
        #expect(!refused.errors.isEmpty)
        try await server.start()
        let back = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await back.request("join", #""room":"\#(second)""#)
        let closed = await #expect(throws: Refused.self) {
            try await back.request("join", #""room":"\#(room)""#)
        }
        #expect(closed?.code == "room_archived")
        await server.stop()
    }

    @Test(
        "a command that cannot be done says what was wrong and what is expected",
        arguments: [
            (["unban", "nobody"], ["\"nobody\" is not banned"]),
            (["unban", "--wallet", "solana:11111111111111111111111111111111"], ["wallet is not banned"]),
            (["unban", "--network", "203.0.113.0/24"], ["network is not banned"]),
            (["ban", ""], ["1 to 64 bytes", "\"\""]), (["ban", "a b"], ["1 to 64 bytes", "\"a b\""]),
            (["ban", "--network", "203.0.113.7/24"], ["203.0.113.0/24"]),
            (["ban", "--wallet", "111"], ["solana:ADDRESS", "\"111\""]),
            (["unlock", "ann@example.org"], ["lately"]), (["revoke", ""], ["1 to 64 bytes"]),
            (["tier", "u_t", "pro"], ["--to pro"]),
        ])
    func sentences(arguments: [String], words: [String]) async throws {
        let server = try await ServerProcess()
        let tool = try await Tool(
            ServerProcess.program.path,
            ["user"] + arguments + ["--data-dir", server.dataDirectory.path])
        #expect(tool.status != 0)
        for word in words { #expect(tool.errors.contains(word), "\(tool.text)") }
        await server.stop()
    }

    @Test("a data directory that is not there is told, and not made; an update without changes is told too")
    func mistakes() async throws {
        let server = try await ServerProcess()
        let typo = server.directory.appending(path: "typo").path
        let id = "00000000-0000-7000-8000-000000000000"
        for arguments in [
            ["list"], ["show", "--id", id], ["update", "--id", id, "--name", "x"], ["archive", "--id", id],
        ] {
            let tool = try await Tool(
                ServerProcess.program.path, ["room"] + arguments + ["--data-dir", typo])
            #expect(tool.status == 2, "\(arguments): \(tool.text)")
            #expect(tool.errors.contains("typo") && tool.errors.contains("data_dir"))
            #expect(!FileManager.default.fileExists(atPath: typo))
        }
        let unchanged = try await Tool.stoa(
            "room", "update", "--id", id, "--data-dir", server.dataDirectory.path)
        #expect(unchanged.status == 2)
        #expect(unchanged.errors.contains("nothing to change"))
        await server.stop()
    }

    @Test(
        "a backup is taken while people write; restored, it is a new epoch, and who resumes gets a gap (CONTRACT 3)"
    )
    func backup() async throws {
        let server = try await ServerProcess()
        let data = server.dataDirectory.path
        let copy = server.directory.appending(path: "copy.db").path
        let room = try await server.room()
        let client = try await TestClient(server, token: ServerProcess.token("u_ann"))
        let epoch = try await client.request("join", #""room":"\#(room)""#)["epoch"]?.string ?? ""
        async let backup = Tool.stoa("backup", "--to", copy, "--data-dir", data)
        for number in 1...60 {
            try await client.request("chat_message", #""room":"\#(room)","content":"\#(number)""#)
        }
        let taken = try await backup
        #expect(taken.status == 0, "\(taken.text)")
        let twice = try await Tool.stoa("backup", "--to", copy, "--data-dir", data)
        #expect(twice.status == 1)
        #expect(try await Tool.stoa("restore", "--from", copy, "--data-dir", data).status == 1)
        await server.stop()

        let restored = try await Tool.stoa("restore", "--from", copy, "--data-dir", data)
        #expect(restored.status == 0, "\(restored.text)")
        try await server.start()
        let back = try await TestClient(server, token: ServerProcess.token("u_ann"))
        let joined = try await back.request(
            "join", #""room":"\#(room)","history":100,"since":{"epoch":"\#(epoch)","seq":60}"#)
        #expect(joined["recovered"]?.bool == false)
        #expect(joined["epoch"]?.string != epoch)
        #expect(try await back.push("gap")["reason"]?.string == "epoch")
        // What was there when the copy was taken, from the first on.
        let messages = joined["messages"]?.array ?? []
        for (index, message) in messages.enumerated() {
            #expect(message["seq"]?.integer == Int64(index + 1))
            #expect(message["content"]?.string == "\(index + 1)")
        }
        let next = try await back.request("chat_message", #""room":"\#(room)","content":"on""#)
        #expect(next["seq"]?.integer == Int64(messages.count + 1))
        await server.stop()
    }
}
