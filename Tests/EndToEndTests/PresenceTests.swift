import JSON
import StoaTesting
import Testing

@Suite("Presence under stress")
struct PresenceTests {
    @Test(
        "tabs that flap within the grace are no departure; the last cut is one (A6)", .timeLimit(.minutes(1)))
    func flapping() async throws {
        let server = try await ServerProcess(["presence.grace_ms": "400", "loops": "2"])
        let room = try await server.room()
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await ann.request("join", #""room":"\#(room)""#)
        var tab = try await TestClient(server, token: ServerProcess.token("u_bob"))
        try await tab.request("join", #""room":"\#(room)""#)
        _ = try await ann.push("user_joined")
        for _ in 0..<20 {
            tab.cut()
            tab = try await TestClient(server, token: ServerProcess.token("u_bob"))
            try await tab.request("join", #""room":"\#(room)""#)
        }
        tab.cut()
        let left = try await ann.push("user_left")
        #expect(left["user"]?["id"]?.string == "u_bob")
        #expect(left["people_count"]?.integer == 1)
        // The answer comes after all that was before it.
        let state = try await ann.request("presence", #""room":"\#(room)""#)
        #expect(state["people_count"]?.integer == 1)
        #expect(!ann.log.contains { ["user_joined", "user_left"].contains($0["type"]?.string) })
        await server.stop()
    }

    @Test(
        "300 people join at once: all are in, and nobody gets 300 announcements (issue: 10,000² messages)",
        .timeLimit(.minutes(2)))
    func joinStorm() async throws {
        let server = try await ServerProcess([
            "loops": "2", "presence.announced_people": "20", "presence.diff_ms": "200",
        ])
        let room = try await server.room(#""max_participants":0"#)
        let watcher = try await TestClient(server, token: ServerProcess.token("u_watcher"))
        try await watcher.request("join", #""room":"\#(room)""#)
        var clients: [TestClient] = []
        for number in 0..<300 {
            clients.append(try await TestClient(server, token: ServerProcess.token("u_\(number)")))
        }
        try await each(clients) { _, client in
            try await client.request("join", #""room":"\#(room)""#, within: 30)
        }
        try await watcher.wait(within: 20) { messages in
            messages.contains { $0["people_count"]?.integer == 301 }
        }
        let state = try await watcher.request("presence", #""room":"\#(room)","limit":100"#)
        #expect(state["people_count"]?.integer == 301)
        let announced = watcher.log.filter { ["user_joined", "presence_diff"].contains($0["type"]?.string) }
        #expect(announced.count < 100)
        let people = announced.reduce(0) { sum, push in
            sum + (push["type"]?.string == "user_joined" ? 1 : push["joined"]?.array?.count ?? 0)
        }
        #expect(people == 300)
        await server.stop()
    }

    @Test("seats are never exceeded while people come and go (CONTRACT 3)", .timeLimit(.minutes(1)))
    func seats() async throws {
        let server = try await ServerProcess(["loops": "2"])
        let room = try await server.room(#""max_participants":3"#)
        let owner = try await TestClient(server, token: ServerProcess.token("u_owner"))
        try await owner.request("join", #""room":"\#(room)""#)
        try await each(Array(0..<12)) { index, _ in
            let client = try await TestClient(server, token: ServerProcess.token("u_\(index)"))
            for _ in 0..<10 {
                do {
                    let joined = try await client.request("join", #""room":"\#(room)""#)
                    #expect((joined["people_count"]?.integer ?? 99) <= 4)
                    try await client.request("leave", #""room":"\#(room)""#)
                } catch let refusal as Refused {
                    #expect(refusal.code == "room_full")
                }
            }
        }
        let counts = owner.log.compactMap { $0["people_count"]?.integer }
        #expect(counts.allSatisfy { $0 <= 4 })
        await server.stop()
    }
}
