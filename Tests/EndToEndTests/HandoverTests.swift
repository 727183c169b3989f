import Foundation
import StoaTesting
import Testing

@Suite("Handover")
struct HandoverTests {
    /// One request; what is wrong with its answer, or nil.
    private static func fault(_ server: ServerProcess) async -> String? {
        do {
            let answer = try await server.http("GET", "/health/live")
            return answer.status == 200 ? nil : "\(answer.status)"
        } catch {
            return "\(error)"
        }
    }

    @Test("one process takes over from another on one port: nobody is refused or reset")
    func change() async throws {
        let first = try await ServerProcess(["handover": "true", "loops": "2", "drain.window_ms": "5000"])
        let clients = try await Mutexed(
            each2(0..<8) { try await TestClient(first, token: ServerProcess.token("u_\($0)")) })
        let isOver = Mutexed(false)
        let (served, faults) = (Mutexed(0), Mutexed<[String]>([]))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    while !isOver.value {
                        if let fault = await HandoverTests.fault(first) { faults.append(fault) }
                        served.change { $0 += 1 }
                    }
                }
            }
            group.addTask {
                defer { isOver.change { $0 = true } }
                var current = first
                // Of another number of loops, so that the order of sockets changes too.
                for loops in ["3", "1", "2"] {
                    let next = try await ServerProcess([
                        "handover": "true", "loops": loops, "port": "\(first.port)",
                        "drain.window_ms": "5000",
                    ])
                    let before = served.value
                    try await eventually("some are served") { served.value > before + 20 }
                    current.signal(SIGTERM)
                    // They go as they are asked to, and the next one takes them.
                    for client in clients.value { client.close() }
                    clients.change { $0 = [] }
                    #expect(await current.exitStatus() == 0)
                    let after = served.value
                    try await eventually("the next one serves") { served.value > after + 20 }
                    let client = try await TestClient(next, token: ServerProcess.token("u_ann"))
                    clients.append(client)
                    current = next
                }
                isOver.change { $0 = true }
                for client in clients.value { client.close() }
                await current.stop()
            }
            for try await _ in group {}
        }
        // Those that began when the last one stopped have nobody.
        #expect(
            faults.value.allSatisfy { $0.contains("cannot connect") } && faults.value.count <= 4,
            "\(faults.value)")
        #expect(served.value > 100)
    }

    @Test("connections that wait to be accepted when the signal comes are served, not reset")
    func backlog() async throws {
        let server = try await ServerProcess([
            "drain.window_ms": "5000", "drain.linger_ms": "0", "loops": "2",
        ])
        // Stopped, it accepts nothing: the kernel makes the connections, and lets them wait.
        server.signal(SIGSTOP)
        let connections = try (0..<50).map { _ in try RawConnection(port: server.port) }
        for connection in connections[..<25] {
            connection.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        }
        server.signal(SIGTERM)
        server.signal(SIGCONT)
        for connection in connections[..<25] {
            let answer = try await connection.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 200"), "\(answer)")
        }
        // Those that say only now what they came for.
        for connection in connections[25...] {
            #expect(connection.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"))
            let answer = try await connection.receiveAll()
            #expect(answer.hasPrefix("HTTP/1.1 200"), "\(answer)")
        }
        #expect(await server.exitStatus() == 0)
    }

    @Test("on one store the next process waits for the lock, and listens when it has it")
    func lock() async throws {
        let server = try await ServerProcess(["drain.window_ms": "300"])
        let room = try await server.room()
        let client = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await client.request("join", #""room":"\#(room)""#)
        server.signal(SIGTERM)
        _ = try await client.push("reconnect")
        try await client.request("chat_message", #""room":"\#(room)","content":"before""#)
        try await server.start()
        #expect(try await client.closeCode() == 4000)
        #expect(server.log.contains("waiting for the process that has the store"))
        let again = try await TestClient(server, token: ServerProcess.token("u_ann"))
        let joined = try await again.request("join", #""room":"\#(room)","history":10"#)
        #expect(joined["messages"]?.array?.last?["content"]?.string == "before")
        // Asked to stop while it waits, it does not wait on.
        let waiting = Task {
            try await Tool.stoa(
                "serve", "--port", "0", "--data-dir", server.dataDirectory.path, "--store.lock_wait_ms", "0")
        }
        let refused = try await waiting.value
        #expect(refused.errors.contains("in use"))
        again.close()
        await server.stop()
    }

    @Test("a path is taken over without a moment in which nobody listens there")
    func path() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "stoa-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let socket = folder.appending(path: "s").path
        let first = try await ServerProcess(["unix_socket": socket])
        let before = try FileManager.default.attributesOfItem(atPath: socket)[.systemFileNumber] as? Int
        let second = try await ServerProcess(["unix_socket": socket])
        let after = try FileManager.default.attributesOfItem(atPath: socket)[.systemFileNumber] as? Int
        #expect(before != after)
        #expect(!FileManager.default.fileExists(atPath: socket + ".new"))
        await first.stop()
        let tool = try await Tool.shell("curl -s --unix-socket \(socket) http://x/health/live")
        #expect(tool.output.contains("live"), "\(tool.text)")
        await second.stop()
    }

    private func each2<Result: Sendable>(
        _ numbers: Range<Int>, _ make: (Int) async throws -> Result
    ) async rethrows -> [Result] {
        var all: [Result] = []
        for number in numbers { all.append(try await make(number)) }
        return all
    }
}
