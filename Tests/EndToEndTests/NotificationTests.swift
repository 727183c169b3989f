import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Notifications over the wire (A12)")
struct NotificationTests {
    /// A key of a back end that may tell people things.
    static func key(_ server: ServerProcess) async throws -> String {
        let made = try await Tool(
            ServerProcess.program.path,
            ["key", "create", "--name", "b", "--scope", "admin", "--data-dir", server.dataDirectory.path],
            environment: ["STOA_JWT_SECRET": ServerProcess.secret])
        return try #require(try JSONValue(parsing: made.output)["key"]?.string, "\(made.text)")
    }

    static func tell(
        _ server: ServerProcess, _ key: String, _ user: String, _ number: Int
    ) async throws -> HTTPAnswer {
        try await server.http(
            "POST", "/api/v1/users/\(user)/notifications",
            #"{"key":"\#(number)","kind":"news","title":"N\#(number)"}"#, token: key)
    }

    private static func list(
        _ server: ServerProcess, _ user: String, _ query: String = ""
    ) async throws -> JSONValue {
        let answer = try await server.http(
            "GET", "/api/v1/me/notifications?limit=100" + query, token: ServerProcess.token(user))
        return try #require(answer.json, "\(answer.text)")
    }

    private static func titles(_ list: JSONValue) -> [String] {
        (list["notifications"]?.array ?? []).compactMap { $0["title"]?.string }
    }

    @Test("it rings on all of a person's connections and on nobody else's; what is read is read on all")
    func everywhere() async throws {
        let server = try await ServerProcess(["loops": "2"])
        let key = try await NotificationTests.key(server)
        let ann = ServerProcess.token("u_ann")
        let clients = [
            try await TestClient(server, token: ann), try await TestClient(server, token: ann),
        ]
        let bob = try await TestClient(server, token: ServerProcess.token("u_bob"))
        #expect(try await NotificationTests.tell(server, key, "u_ann", 1).status == 201)
        #expect(try await NotificationTests.tell(server, key, "u_ann", 1).status == 200)
        #expect(try await NotificationTests.tell(server, key, "u_bob", 2).status == 201)
        var ids: Set<String> = []
        for client in clients {
            let push = try await client.push("notification")
            #expect(push["title"]?.string == "N1" && push["unread"]?.integer == 1)
            ids.insert(try #require(push["notification_id"]?.string))
        }
        #expect(ids.count == 1)
        let id = try #require(ids.first)
        // Nobody reads another's.
        for user in ["u_bob", "u_ann"] {
            let answer = try await server.http(
                "POST", "/api/v1/me/notifications/read", #"{"ids":["\#(id)"]}"#,
                token: ServerProcess.token(user))
            #expect(answer.json?["unread"]?.integer == (user == "u_bob" ? 1 : 0))
        }
        for client in clients {
            let push = try await client.push("notification_read")
            #expect(push["ids"]?.array == [.string(id)] && push["unread"]?.integer == 0)
        }
        #expect(try await bob.push("notification")["title"]?.string == "N2")
        let heard = try await bob.drain()
        #expect(heard.allSatisfy { $0["type"]?.string != "notification_read" })
        #expect(try await NotificationTests.list(server, "u_bob")["unread"]?.integer == 1)
    }

    @Test("a server killed at any moment loses nothing that it took, and keeps nothing twice")
    func killed() async throws {
        let server = try await ServerProcess()
        let key = try await NotificationTests.key(server)
        var taken: Set<String> = []
        for round in 0..<4 {
            taken.formUnion(
                try await withThrowingTaskGroup(of: String?.self) { group in
                    for number in (round * 20)..<(round * 20 + 20) {
                        group.addTask {
                            let answer = try? await NotificationTests.tell(server, key, "u_ann", number)
                            return answer?.status == 201 ? "N\(number)" : nil
                        }
                    }
                    var taken: Set<String> = []
                    for try await title in group {
                        if let title { taken.insert(title) }
                        if taken.count == 5 * (round + 1) % 20 { server.kill() }
                    }
                    return taken
                })
            server.kill()
            _ = await server.exitStatus()
            try await server.start()
        }
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        #expect(try await NotificationTests.tell(server, key, "u_ann", 1000).status == 201)
        let kept = NotificationTests.titles(try await NotificationTests.list(server, "u_ann"))
        #expect(Set(kept).count == kept.count)
        #expect(taken.isSubset(of: kept))
        // What the last process had not pushed any more is pushed by this one: nothing is left in the queue.
        while try await ann.push("notification")["title"]?.string != "N1000" {}
        try await eventually("no job waits", within: 20) {
            let metrics = try await server.http(
                "GET", "/metrics", token: ServerProcess.token("m", metrics: true))
            return metrics.text.contains(#"stoa_jobs{state="waiting"} 0"#)
                && metrics.text.contains(#"stoa_jobs{state="running"} 0"#)
        }
    }

    @Test("in quiet hours of one's own time zone nothing rings, and all is kept")
    func quiet() async throws {
        let server = try await ServerProcess()
        let key = try await NotificationTests.key(server)
        let ann = ServerProcess.token("u_ann")
        let client = try await TestClient(server, token: ann)
        // Two hours around now, where it is five hours and three quarters later.
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "Asia/Kathmandu"))
        let hour = calendar.component(.hour, from: Date())
        func clock(_ hour: Int) -> String { String(format: "%02d:00", (hour + 24) % 24) }
        for (from, to, rings) in [(hour - 1, hour + 2, false), (hour + 3, hour - 2, true)] {
            let set = try await server.http(
                "PUT", "/api/v1/me/preferences",
                #"{"time_zone":"Asia/Kathmandu","quiet_hours":{"from":"\#(clock(from))","to":"\#(clock(to))"}}"#,
                token: ann)
            #expect(set.status == 200, "\(set.text)")
            _ = try await NotificationTests.tell(server, key, "u_ann", rings ? 2 : 1)
        }
        // The first one would have come before it.
        #expect(try await client.push("notification")["title"]?.string == "N2")
        #expect(NotificationTests.titles(try await NotificationTests.list(server, "u_ann")) == ["N2", "N1"])
    }

    @Test("a person has as many as are kept, and all of them in an export; none after an erasure")
    func bounds() async throws {
        let server = try await ServerProcess(["notifications.limit": "3"])
        let key = try await NotificationTests.key(server)
        for number in 1...5 { _ = try await NotificationTests.tell(server, key, "u_ann", number) }
        let list = try await NotificationTests.list(server, "u_ann")
        #expect(NotificationTests.titles(list) == ["N5", "N4", "N3"] && list["unread"]?.integer == 3)
        let ann = ServerProcess.token("u_ann")
        let asked = try await server.http("POST", "/api/v1/me/export", token: ann)
        let job = try #require(asked.json?["job"]?.string)
        try await eventually("the export is done") {
            let answer = try await server.http("GET", "/api/v1/me/export/\(job)", token: ann)
            return answer.json?["state"]?.string == "done"
        }
        let part = try await server.http("GET", "/api/v1/me/export/\(job)/parts/0", token: ann)
        #expect(part.text.contains(#""title":"N5""#))
        let erased = try await server.http(
            "POST", "/api/v1/me/erase", #"{"confirm":"u_ann"}"#, token: ann)
        let erasure = try #require(erased.json?["job"]?.string)
        try await eventually("the erasure is done") {
            let answer = try await server.http("GET", "/api/v1/erasures/\(erasure)")
            return answer.json?["receipt"]?["counts"]?["notifications"]?.integer == 3
        }
    }
}
