import JSON
import StoaClient
import StoaTesting
import Testing

@Suite("Swift client")
struct StoaClientTests {
    /// Collects a client's events and waits for them.
    actor Log {
        private(set) var contents: [String] = []
        private(set) var states: [ClientState] = []
        private(set) var others: [String] = []
        private var waiters:
            [(condition: @Sendable ([String], [ClientState]) -> Bool, CheckedContinuation<Void, Never>)] = []

        init(_ client: StoaClient) {
            Task { for await event in client.events { await self.note(event) } }
        }

        private func note(_ event: ClientEvent) {
            switch event {
            case .state(let state): states.append(state)
            case .push("new_message", let message):
                contents.append(message["message"]?["content"]?.string ?? "")
            case .push(let type, _): others.append(type)
            case .gap: others.append("gap")
            case .removed(_, let reason): others.append("removed \(reason)")
            }
            let ready = waiters.filter { $0.condition(contents, states) }
            waiters.removeAll { $0.condition(contents, states) }
            for waiter in ready { waiter.1.resume() }
        }

        func wait(until condition: @escaping @Sendable ([String], [ClientState]) -> Bool) async {
            if condition(contents, states) { return }
            await withCheckedContinuation { waiters.append((condition, $0)) }
        }
    }

    static func client(
        _ server: ServerProcess, _ user: String, options: ClientOptions = ClientOptions()
    ) async throws -> StoaClient {
        var options = options
        options.backoffMilliseconds = 50
        let client = try StoaClient(server.base + "/ws", options: options) { ServerProcess.token(user) }
        await client.start()
        return client
    }

    @Test("two clients talk; each message comes once, with its receipt", .timeLimit(.minutes(1)))
    func talk() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let ann = try await StoaClientTests.client(server, "u_ann")
        let bob = try await StoaClientTests.client(server, "u_bob")
        let log = Log(bob)
        try await ann.join(room)
        try await bob.join(room)
        for number in 1...20 {
            let receipt = try await ann.send("message \(number)", to: room)
            #expect(receipt.seq == Int64(number))
        }
        await log.wait { contents, _ in contents.count >= 20 }
        #expect(await log.contents == (1...20).map { "message \($0)" })
    }

    @Test("a room whose join must wait is entered later, not given up", .timeLimit(.minutes(1)))
    func joinsThatWait() async throws {
        let server = try await ServerProcess(["limits.commands_per_second": "2"])
        let client = try await StoaClientTests.client(server, "u_ann")
        let log = Log(client)
        var rooms: [String] = []
        // Nobody makes rooms faster than that either.
        for number in 0..<6 { rooms.append(try await server.room(owner: "u_owner\(number)")) }
        for room in rooms {
            try await eventually("in the room") { (try? await client.join(room)) != nil }
        }
        // Back with six joins at once, of which four have to wait.
        server.kill()
        try await server.start()
        for room in rooms { try await client.send("here again", to: room) }
        #expect(await log.others.allSatisfy { !$0.hasPrefix("removed") })
        await client.close()
        await server.stop()
    }

    @Test(
        "killed in mid-sentence and started again, everything arrives once and in order",
        .timeLimit(.minutes(2)))
    func restart() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        let ann = try await StoaClientTests.client(server, "u_ann")
        let bob = try await StoaClientTests.client(server, "u_bob")
        let log = Log(bob)
        try await ann.join(room)
        try await bob.join(room)
        for round in 0..<3 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<20 { group.addTask { try await ann.send("\(round)-\(number)", to: room) } }
                try await group.next()
                server.kill()
                try await server.start()
                try await group.waitForAll()
            }
        }
        await log.wait { contents, _ in contents.count >= 60 }
        let contents = await log.contents
        #expect(contents.count == 60)
        #expect(Set(contents).count == 60)
    }

    @Test("the outbox of a program that ended is sent by the next one", .timeLimit(.minutes(1)))
    func outboxFile() async throws {
        let server = try await ServerProcess()
        let room = try await server.room()
        var options = ClientOptions()
        options.outboxPath = server.directory.appending(path: "outbox.json").path
        server.kill()
        let first = try await StoaClientTests.client(server, "u_ann", options: options)
        let log = Log(first)
        let lost = Task { try await first.send("written while nobody listened", to: room) }
        await log.wait { _, states in states.contains { if case .offline = $0 { true } else { false } } }
        await first.close()
        await #expect(throws: StoaError.self) { try await lost.value }
        try await server.start()
        let bob = try await StoaClientTests.client(server, "u_bob")
        let bobLog = Log(bob)
        try await bob.join(room)
        let second = try await StoaClientTests.client(server, "u_ann", options: options)
        await bobLog.wait { contents, _ in contents.count == 1 }
        #expect(await bobLog.contents == ["written while nobody listened"])
        await second.close()
    }

    @Test("refusals are typed; a refused token ends the client", .timeLimit(.minutes(1)))
    func refusals() async throws {
        let server = try await ServerProcess()
        let ann = try await StoaClientTests.client(server, "u_ann")
        await #expect(throws: StoaError.self) { try await ann.join("01990000-0000-7000-8000-000000000000") }
        let bad = try StoaClient(server.base + "/ws") { "not a token" }
        let log = Log(bad)
        await bad.start()
        await log.wait { _, states in states.contains { if case .ended = $0 { true } else { false } } }
        #expect(throws: StoaError.self) { try StoaClient("ftp://nowhere") { "" } }
    }
}
