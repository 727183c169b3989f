import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Command line")
struct CommandLineTests {
    static let program = ServerProcess.program.path
    static let secret = "STOA_JWT_SECRET=\(ServerProcess.secret)"

    @Test(
        "a configuration that cannot be is refused with status 2, naming key, source and bound",
        arguments: [
            ("--limits.connections many", "limits.connections"), ("--port 70000", "0 to 65535"),
            ("--no-such-thing 1", "no-such-thing"),
            ("--tls.certificate a.pem", "tls.key"), ("--http.origins", "needs a value"),
        ])
    func bad(_ flags: String, _ words: String) async {
        let result = await Shell.run("\(CommandLineTests.secret) \(CommandLineTests.program) serve \(flags)")
        #expect(result.status == 2)
        #expect(result.output.contains(words))
    }

    @Test("unknown variables and short secrets are refused; flags win over variables")
    func sources() async {
        let unknown = await Shell.run(
            "STOA_LIMITS_CONNECTION=1 \(CommandLineTests.program) config check --dev")
        #expect(unknown.status == 2)
        #expect(unknown.output.contains("STOA_LIMITS_CONNECTION"))
        let short = await Shell.run("STOA_JWT_SECRET=short \(CommandLineTests.program) config check")
        #expect(short.status == 2)
        #expect(!short.output.contains("short "))
        let shown = await Shell.run(
            "\(CommandLineTests.secret) STOA_PORT=1 \(CommandLineTests.program) config show --port 2")
        #expect(shown.output.contains("port = \"2\"  # flag --port"))
        #expect(!shown.output.contains(ServerProcess.secret))
    }

    @Test("a taken port, a locked directory and an unreadable certificate are told in words, with status 1")
    func start() async throws {
        let server = try await ServerProcess()
        let run = "\(CommandLineTests.secret) \(CommandLineTests.program) serve"
        let other = FileManager.default.temporaryDirectory.appending(path: "stoa-other-\(UUID().uuidString)")
            .path
        let taken = await Shell.run("\(run) --port \(server.port) --data-dir \(other)")
        #expect(taken.status == 1)
        #expect(taken.output.contains("is taken"))
        let locked = await Shell.run("\(run) --port 0 --data-dir \(server.dataDirectory.path)")
        #expect(locked.status == 1)
        #expect(locked.output.contains("in use by another stoa"))
        let unreadable = await Shell.run(
            "\(run) --port 0 --data-dir \(other) --tls.certificate /none.pem --tls.key /none.key")
        #expect(unreadable.status == 1)
        #expect(unreadable.output.contains("/none.pem"))
        await server.stop()
        try? FileManager.default.removeItem(atPath: other)
    }

    @Test(
        "rooms are made, changed and archived through the running server and on the store; a backup is a new epoch",
        .timeLimit(.minutes(1)))
    func rooms() async throws {
        let server = try await ServerProcess()
        let data = "--data-dir \(server.dataDirectory.path)"
        let run = "\(CommandLineTests.secret) \(CommandLineTests.program)"
        let id = "01990000-0000-7000-8000-00000000000a"
        let made = await Shell.run("\(run) room create --name Knots --owner u_ann --id \(id) \(data)")
        #expect(made.status == 0, "\(made.output)")
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        let joined = try await ann.request("join", #""room":"\#(id)","history":1"#)
        #expect(joined["role"]?.string == "owner")
        try await ann.request("chat_message", #""room":"\#(id)","content":"kept""#)
        await Shell.run("\(run) room update --id \(id) --name Links \(data)")
        #expect(try await ann.push("room_updated")["info"]?["name"]?.string == "Links")
        let file = server.directory.appending(path: "backup.db").path
        #expect(await Shell.run("\(run) backup --to \(file) \(data)").status == 0)
        #expect(await Shell.run("\(run) restore --from \(file) \(data)").status == 1)
        await server.stop()
        #expect(await Shell.run("\(run) room list \(data)").output.contains("Links"))
        #expect(await Shell.run("\(run) restore --from \(file) \(data)").status == 0)
        try await server.start()
        let again = try await TestClient(server, token: ServerProcess.token("u_ann"))
        let epoch = joined["epoch"]?.string ?? ""
        let back = try await again.request(
            "join", #""room":"\#(id)","since":{"epoch":"\#(epoch)","seq":1},"history":5"#)
        #expect(back["recovered"]?.bool == false)
        #expect(back["epoch"]?.string != epoch)
        #expect(back["messages"]?[0]?["content"]?.string == "kept")
        #expect(try await again.push("gap")["reason"]?.string == "epoch")
        await Shell.run("\(run) room archive --id \(id) \(data)")
        #expect(try await again.push("left")["reason"]?.string == "archived")
        await server.stop()
    }

    @Test(
        "descriptors that run out pause accepting, and it goes on when there are some again",
        .timeLimit(.minutes(1)))
    func descriptors() async throws {
        let server = try await ServerProcess(["limits.connections_per_address": "0"])
        await Shell.run("prlimit --pid \(server.processID) --nofile=48:48")
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        var others: [RawConnection] = []
        for _ in 0..<60 { others.append(try RawConnection(port: server.port)) }
        #expect(try await ann.request("ping")["type"]?.string == "ack")
        others = []
        #expect(try await server.http("GET", "/health/live").status == 200)
        await server.stop()
    }
}
