import Foundation
import StoaTesting
import Testing

@Suite("Starting and stopping")
struct LifecycleTests {
    @Test(
        "SIGTERM in a storm: exit status 0, nobody new comes in, what was acknowledged is there afterwards (G3)"
    )
    func storm() async throws {
        let server = try await ServerProcess(["loops": "2"])
        let room = try await server.room(#""max_participants":0"#)
        let members = (0..<8).map { RoomMember(server, room: room, user: "u_\($0)") }
        try await each(members) { try await $1.connect() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for member in members {
                group.addTask { for number in 0..<12 { try await member.send("\(member.user)-\(number)") } }
            }
            group.addTask {
                try await eventually("some are acknowledged") { await members[3].acknowledged.count > 2 }
                // A peer that does not close its half keeps the server draining for a while.
                let lasting = try RawConnection(port: server.port, reads: false)
                #expect(try await server.http("GET", "/health/live").status == 200)
                server.signal(SIGTERM)
                try await eventually("nobody new comes in") { (try? RawConnection(port: server.port)) == nil }
                #expect(server.isRunning)
                lasting.cut()
                #expect(await server.exitStatus() == 0)
                try await server.start()
            }
            for try await _ in group {}
        }
        for member in members { try await member.send("\(member.user)-after") }
        try await members[0].send("end")
        try await OrderTests.check(members, count: Int(await members[0].acknowledged["end"] ?? 0))
        await server.stop()
    }

    @Test("it listens before it has used a second of the processor")
    func startIsQuick() async throws {
        // The processor's time, which other work on the machine does not lengthen as it does the clock's.
        let server = try await ServerProcess()
        let fields = try String(contentsOfFile: "/proc/\(server.processID)/stat", encoding: .utf8)
            .split(separator: ")")[1].split(separator: " ")
        let ticks = try #require(Int(fields[11])) + (try #require(Int(fields[12])))
        #expect(Double(ticks) / Double(sysconf(CInt(_SC_CLK_TCK))) < 1)
        await server.stop()
    }

    @Test(
        "what keeps it from starting is told in words: 2 for a bad configuration, 1 for the rest (CONTRACT 7)"
    )
    func failures() async throws {
        let server = try await ServerProcess()
        let folder = server.directory.path
        let file = "\(folder)/stoa.toml"
        try "port = 0\nlimits.chanels = 3\n".write(toFile: file, atomically: true, encoding: .utf8)
        let free = ["serve", "--port", "0", "--data-dir", "\(folder)/other"]
        for (arguments, variables, status, words) in [
            (
                ["serve", "--port", "\(server.port)", "--data-dir", "\(folder)/other"], [:], 1,
                ["taken", "\(server.port)"]
            ),
            (
                [
                    "serve", "--port", "0", "--data-dir", server.dataDirectory.path, "--store.lock_wait_ms",
                    "0",
                ], [:], 1, ["in use"]
            ),
            (free, ["STOA_LIMITS_CHANELS": "3"], 2, ["STOA_LIMITS_CHANELS"]),
            (free + ["--limits.chanels", "3"], [:], 2, ["--limits.chanels"]),
            (free + ["--limits.channels", "0"], [:], 2, ["limits.channels", "1", "10000", "flag"]),
            (free, ["STOA_LIMITS_CHANNELS": "many"], 2, ["limits.channels", "STOA_LIMITS_CHANNELS"]),
            (free + ["--config", file], [:], 2, ["limits.chanels", file, "line 2"]),
            (free + ["--config", "\(folder)/none.toml"], [:], 2, ["none.toml"]),
            (free + ["--host", "localhost"], [:], 2, ["host"]),
            (free, ["STOA_JWT_SECRET": "short"], 2, ["jwt.secret", "32"]),
        ] as [([String], [String: String], Int32, [String])] {
            let secret = ["STOA_JWT_SECRET": ServerProcess.secret]
            let tool = try await Tool(
                ServerProcess.program.path, arguments, environment: secret.merging(variables) { $1 })
            #expect(tool.status == status, "\(arguments): \(tool.text)")
            for word in words { #expect(tool.errors.contains(word), "\(arguments): \(tool.text)") }
            #expect(tool.output.isEmpty)
        }
        #expect(try await server.http("GET", "/health/live").status == 200)
        await server.stop()
    }
}
