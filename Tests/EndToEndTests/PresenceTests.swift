import Foundation
import JSON
import StoaTesting
import TestRandom
import Testing

@Suite("Presence over the wire")
struct PresenceTests {
    @Test(
        "300 join one room at once: all are in, the count is exact, presence costs a bounded number of messages (F3)"
    )
    func joinStorm() async throws {
        let server = try await ServerProcess([
            "loops": "3", "presence.announced_people": "20", "presence.diff_ms": "500",
        ])
        let room = try await server.room(#""max_participants":0"#)
        let first = try await PresenceTests.member(server, room, "u_first")
        let began = Date()
        let crowd = Crowd()
        try await each(Array(0..<300)) { _, number in
            await crowd.add(try await PresenceTests.member(server, room, "u_\(number)"))
        }
        #expect(await crowd.clients.count == 300)
        let state = try await first.request("presence", #""room":"\#(room)","limit":1"#)
        #expect(state["people_count"]?.integer == 301)

        // From what it was told one by one and by diffs, the first one knows everybody.
        try await first.wait { PresenceTests.arrived($0).count == 300 }
        let seconds = Date().timeIntervalSince(began)
        #expect(PresenceTests.presence(first.log).count <= 20 + Int(seconds * 2) + 2)

        try await first.request("chat_message", #""room":"\#(room)","content":"all""#)
        for client in await crowd.clients { _ = try await client.push("new_message") }
        await server.stop()
    }

    @Test(
        "tabs that are cut and come back within the grace are no news; the last cut is, once (F3, DESIGN 3.6)"
    )
    func flapping() async throws {
        let server = try await ServerProcess(["loops": "2", "presence.grace_ms": "2500"])
        let room = try await server.room()
        let watcher = try await PresenceTests.member(server, room, "u_watcher")
        var tabs = [try await PresenceTests.member(server, room, "u_flap")]
        _ = try await watcher.push("user_joined")
        var random = SeededRandom(seed: 7)
        for _ in 0..<25 {
            if Bool.random(using: &random) {
                tabs.append(try await PresenceTests.member(server, room, "u_flap"))
            }
            for tab in tabs { tab.cut() }
            tabs = [try await PresenceTests.member(server, room, "u_flap")]
        }
        try await watcher.request("chat_message", #""room":"\#(room)","content":"still""#)
        #expect(PresenceTests.presence(watcher.log).isEmpty)
        tabs[0].cut()
        let left = try await watcher.push("user_left", where: { $0["user"]?["id"]?.string == "u_flap" })
        #expect(left["people_count"]?.integer == 1)
        try await watcher.request("chat_message", #""room":"\#(room)","content":"gone""#)
        #expect(PresenceTests.presence(watcher.log).isEmpty)
        await server.stop()
    }

    @Test("max_participants is never exceeded, however people race in, leave and are cut (CONTRACT 3)")
    func seats() async throws {
        let server = try await ServerProcess(["loops": "3", "presence.grace_ms": "0"])
        let room = try await server.room(#""max_participants":5"#)
        let owner = try await PresenceTests.member(server, room, "u_owner")
        try await each(Array(0..<24)) { index, number in
            var random = SeededRandom(seed: UInt64(index))
            for _ in 0..<8 {
                let client = try await TestClient(server, token: ServerProcess.token("u_\(number)"))
                do {
                    let joined = try await client.request("join", #""room":"\#(room)""#)
                    #expect(joined["people_count"]?.integer ?? 99 <= 6)
                    if Bool.random(using: &random) {
                        try await client.request("leave", #""room":"\#(room)""#)
                    }
                } catch let refusal as Refused {
                    #expect(refusal.code == "room_full")
                }
                client.cut()
            }
        }
        for event in PresenceTests.presence(owner.log) {
            #expect(event["people_count"]?.integer ?? 99 <= 6)
        }
        // All seats are given back.
        try await eventually("the seats are free") {
            let state = try await owner.request("presence", #""room":"\#(room)""#)
            return state["people_count"]?.integer == 1
        }
        for number in 0..<5 { _ = try await PresenceTests.member(server, room, "u_late\(number)") }
        await server.stop()
    }

    @Test("a ban that races with joins leaves nobody banned in the room (B6)")
    func bansRaceJoins() async throws {
        let server = try await ServerProcess(["loops": "3", "presence.grace_ms": "0"])
        let room = try await server.room(#""max_participants":0"#)
        let owner = try await PresenceTests.member(server, room, "u_owner")
        try await each(Array(0..<12)) { _, number in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<10 {
                        let client = try await TestClient(server, token: ServerProcess.token("u_\(number)"))
                        _ = try? await client.request("join", #""room":"\#(room)""#)
                    }
                }
                group.addTask {
                    for turn in 0..<5 {
                        try await owner.request("chat_message", #""room":"\#(room)","content":"\#(turn)""#)
                    }
                    let ban = try await server.http(
                        "POST", "/api/v1/rooms/\(room)/bans", #"{"user":"u_\#(number)"}"#,
                        token: ServerProcess.token("u_owner"))
                    #expect(ban.status == 201)
                }
                for try await _ in group {}
            }
        }
        let state = try await owner.request("presence", #""room":"\#(room)""#)
        #expect(state["people"]?.array?.compactMap { $0["id"]?.string } == ["u_owner"])
        await server.stop()
    }

    private static func member(_ server: ServerProcess, _ room: String, _ user: String) async throws
        -> TestClient
    {
        let client = try await TestClient(server, token: ServerProcess.token(user))
        try await client.request("join", #""room":"\#(room)""#, within: 20)
        return client
    }

    private static func presence(_ log: [JSONValue]) -> [JSONValue] {
        log.filter { ["user_joined", "user_left", "presence_diff"].contains($0["type"]?.string) }
    }

    /// Who has come, as the messages so far tell.
    private static func arrived(_ log: [JSONValue]) -> Set<String> {
        var ids: Set<String> = []
        for message in presence(log) {
            if let id = message["user"]?["id"]?.string { ids.insert(id) }
            ids.formUnion(message["joined"]?.array?.compactMap { $0["id"]?.string } ?? [])
        }
        return ids
    }
}

/// Connections that stay open until the test ends.
private actor Crowd {
    private(set) var clients: [TestClient] = []
    func add(_ client: TestClient) { clients.append(client) }
}
