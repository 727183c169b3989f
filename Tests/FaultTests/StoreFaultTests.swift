import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Disks and clocks that fail", .timeLimit(.minutes(2)))
struct StoreFaultTests {
    private static let cases: [(Faults.Call, Int32)] = [
        (.writeFile, ENOSPC), (.writeFile, EIO), (.writeFile, EDQUOT), (.syncFile, EIO), (.syncFile, ENOSPC),
    ]

    @Test(
        "what cannot be stored is refused retryably; what was acknowledged stays; it heals by itself",
        arguments: cases)
    func disk(_ call: Faults.Call, _ error: Int32) async throws {
        let faults = try await Faults()
        let server = try await ServerProcess(["loops": "2"], environment: faults.environment)
        let conversation = try await Conversation(server)
        try await conversation.talk(2, bytes: 100)
        faults.set(call, error: error)
        for number in 0..<3 {
            do {
                try await conversation.say("refused \(number)", by: conversation.ann)
                Issue.record("acknowledged without a disk")
            } catch let refusal as Refused {
                #expect(refusal.code == "unavailable")
                #expect((refusal.reply["retry_after_ms"]?.integer ?? 0) > 0)
            }
        }
        // What needs no disk goes on, for who is there and for who comes.
        try await conversation.bob.request("history", #""room":"\#(conversation.room)","limit":5"#)
        #expect(try await server.http("GET", "/health/live").status == 200)
        #expect(faults.hits(call) > 0)
        faults.clear(call)
        try await eventually("it heals") {
            (try? await conversation.say("healed", by: conversation.bob)) != nil
        }
        server.kill()
        try await server.start()
        #expect(try await StoreFaultTests.stored(server, conversation.room) == ["0", "1", "healed"])
        await server.stop()
    }

    /// First words of all messages; numbered without a hole.
    private static func stored(_ server: ServerProcess, _ room: String) async throws -> [String] {
        let page = try await server.http(
            "GET", "/api/v1/rooms/\(room)/messages?limit=100", token: ServerProcess.token("u_ann"))
        let messages = page.json?["messages"]?.array ?? []
        #expect(messages.compactMap { $0["seq"]?.integer } == Array(1...Int64(max(1, messages.count))))
        return messages.compactMap { $0["content"]?.string?.split(separator: " ").first.map(String.init) }
    }

    @Test("writes that come short are made whole")
    func shortWrites() async throws {
        let faults = try await Faults()
        let server = try await ServerProcess(environment: faults.environment)
        faults.set(.writeFile, every: 2, limit: 100)
        let conversation = try await Conversation(server)
        try await conversation.talk(3)
        #expect(faults.hits(.writeFile) > 0)
        server.kill()
        try await server.start()
        #expect(try await StoreFaultTests.stored(server, conversation.room) == ["0", "1", "2"])
        await server.stop()
    }

    @Test(
        "a wall clock that jumps moves times, and neither order nor time-outs",
        arguments: [-86_400_000, 600_000])
    func clock(_ milliseconds: Int64) async throws {
        let faults = try await Faults()
        let server = try await ServerProcess(
            ["loops": "2", "presence.grace_ms": "5000"], environment: faults.environment)
        let conversation = try await Conversation(server)
        let before = try await conversation.say("before", by: conversation.ann)
        faults.set(.clock, limit: milliseconds)
        let after = try await conversation.say("after", by: conversation.bob)
        let moved = (after["at"]?.integer ?? 0) - (before["at"]?.integer ?? 0)
        #expect(abs(moved - milliseconds) < 60_000)
        #expect(after["seq"]?.integer == (before["seq"]?.integer ?? 0) + 1)
        for client in [conversation.ann, conversation.bob] {
            for word in ["before", "after"] {
                #expect(try await client.push("new_message")["message"]?["content"]?.string == word)
            }
        }
        let page = try await conversation.ann.request("history", #""room":"\#(conversation.room)","limit":5"#)
        let contents = page["messages"]?.array?.compactMap { $0["content"]?.string }
        #expect(contents == ["before", "after"])
        #expect(conversation.ann.log.allSatisfy { $0["type"]?.string != "user_left" })
        #expect(await server.stop() == 0)
    }
}
