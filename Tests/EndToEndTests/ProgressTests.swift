import Bytes
import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Progress over the wire (A11, C5)")
struct ProgressTests {
    /// Nothing is waited for longer than it takes.
    static let quick = ["progress.delay_ms": "10", "leaderboards.tell_ms": "50"]

    static func achievement(_ id: String, _ rule: String, xp: Int = 25) -> String {
        #"{"id":"\#(id)","name":"\#(id)","xp":\#(xp),"rarity":"rare","rule":\#(rule)}"#
    }

    static func messages(_ count: Int) -> String {
        #"{"count":{"kind":"message_sent","at_least":\#(count)}}"#
    }

    /// A key with some scopes.
    static func key(_ server: ServerProcess, _ scope: String) async throws -> String {
        let tool = try await Tool(
            ServerProcess.program.path,
            ["key", "create", "--name", "k", "--scope", scope, "--data-dir", server.dataDirectory.path])
        return try #require(try JSONValue(parsing: tool.output)["key"]?.string, "\(tool.text)")
    }

    /// A server with an achievement for as many messages as it says, and the key of its operator.
    static func prepared(_ rule: String = ProgressTests.messages(1)) async throws -> (ServerProcess, String) {
        let server = try await ServerProcess(ProgressTests.quick)
        let key = try await ProgressTests.key(server, "admin")
        let made = try await server.http(
            "POST", "/api/v1/achievements", ProgressTests.achievement("talker", rule), token: key)
        #expect(made.status == 201, "\(made.text)")
        return (server, key)
    }

    static func progress(_ server: ServerProcess, _ user: String) async throws -> JSONValue {
        let answer = try await server.http("GET", "/api/v1/me/progress", token: ServerProcess.token(user))
        return try #require(answer.json)
    }

    @Test("who talks earns a badge once, on all connections, and keeps it over a crash")
    func earned() async throws {
        let (server, _) = try await ProgressTests.prepared(ProgressTests.messages(2))
        let room = try await server.room()
        let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
        let other = try await TestClient(server, token: ServerProcess.token("u_ann"))
        try await ann.request("join", #""room":"\#(room)""#)
        for text in ["one", "two", "three"] {
            try await ann.request("chat_message", #""room":"\#(room)","content":"\#(text)""#)
        }
        for client in [ann, other] {
            let push = try await client.push("achievement_earned")
            #expect(push["achievement"]?.string == "talker" && push["rarity"]?.string == "rare")
            #expect(push["room"]?.string == room && push["xp"]?.integer == 25)
            let progress = try await client.push("progress")
            #expect(progress["xp"]?.integer == 25 && progress["level"]?.integer == 0)
            #expect(progress["streak"]?["days"]?.integer == 1)
        }
        server.kill()
        _ = await server.exitStatus()
        try await server.start()
        let kept = try await ProgressTests.progress(server, "u_ann")
        #expect(kept["xp"]?.integer == 25 && kept["xp_to_next"]?.integer == 75)
        #expect(kept["badges"]?.array?.map { $0["achievement"]?.string } == ["talker"])
        let seen = try await server.http(
            "GET", "/api/v1/users/u_ann/progress", token: ServerProcess.token("u_bob"))
        #expect(seen.json?["level"]?.integer == 0 && seen.json?["streak"] == nil)
    }

    @Test("whoever is away finds what they have earned until they read it; days are their own")
    func away() async throws {
        let (server, _) = try await ProgressTests.prepared()
        let token = ServerProcess.token("u_ann")
        let zone = try await server.http(
            "PUT", "/api/v1/me/preferences", #"{"time_zone":"Pacific/Kiritimati"}"#, token: token)
        #expect(zone.status == 200, "\(zone.text)")
        let room = try await server.room(owner: "u_ann")
        _ = try await server.http(
            "POST", "/api/v1/rooms/\(room)/messages", #"{"content":"x"}"#, token: token)
        try await eventually("it is counted") {
            try await ProgressTests.progress(server, "u_ann")["xp"]?.integer == 25
        }
        for _ in 0..<2 {
            let list = try await server.http("GET", "/api/v1/me/notifications?unread=true", token: token)
            let told = list.json?["notifications"]?.array ?? []
            #expect(told.map { $0["kind"]?.string } == ["achievement"], "\(list.text)")
            #expect(told.first?["data"]?["achievement"]?.string == "talker")
            server.kill()
            _ = await server.exitStatus()
            try await server.start()
        }
    }

    @Test("killed at any moment, nothing is counted twice and nothing is lost")
    func crashes() async throws {
        let (server, key) = try await ProgressTests.prepared(ProgressTests.messages(40))
        let again = try await server.http(
            "POST", "/api/v1/achievements", ProgressTests.achievement("more", ProgressTests.messages(41)),
            token: key)
        #expect(again.status == 201)
        let room = try await server.room()
        for round in 0..<4 {
            let ann = try await TestClient(server, token: ServerProcess.token("u_ann"))
            try await ann.request("join", #""room":"\#(room)""#)
            for number in 0..<10 {
                try await ann.request(
                    "chat_message", #""room":"\#(room)","content":"x","client_id":"\#(round)-\#(number)""#)
            }
            server.kill()
            _ = await server.exitStatus()
            try await server.start()
        }
        try await eventually("all is counted", within: 20) {
            try await ProgressTests.progress(server, "u_ann")["badges"]?.array?.count == 1
        }
        let progress = try await ProgressTests.progress(server, "u_ann")
        #expect(progress["achievements"]?[0]?["current"]?.string == "40")
        #expect(progress["xp"]?.integer == 25)
    }

    @Test("events of the API count once by their ids, each judged by itself")
    func events() async throws {
        let (server, admin) = try await ProgressTests.prepared()
        let key = try await ProgressTests.key(server, "progress:write")
        let room = try await server.room(owner: "u_ann")
        let body = """
            [{"id":"1","user":"u_ann","kind":"challenge_completed","room":"\(room)","data":{"difficulty":"expert"}},
             {"id":"1","user":"u_ann","kind":"challenge_completed","data":{"difficulty":"easy"}},
             {"id":"2","user":"no body","kind":"a"}, {"id":"3","user":"u_ann","kind":"message_sent"},
             {"id":"4","user":"u_ann","kind":"a","room":"x"}, {"user":"u_ann","kind":"a"},
             {"id":"5","user":"u_ann","kind":"challenge_completed","data":{"difficulty":"epic"}},
             {"id":"6","user":"u_ann","kind":"a","at":99999999999999}]
            """
        for round in 0..<2 {
            let answer = try await server.http("POST", "/api/v1/events", body, token: key)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json?["accepted"]?.integer == (round == 0 ? 1 : 0))
            #expect(answer.json?["repeated"]?.integer == (round == 0 ? 1 : 2))
            let fields = answer.json?["refused"]?.array?.map {
                "\($0["index"]?.integer ?? -1) \($0["field"]?.string ?? "")"
            }
            #expect(fields == ["2 user", "3 kind", "4 room", "5 id", "6 data", "7 at"])
        }
        #expect(try await ProgressTests.progress(server, "u_ann")["xp"]?.integer == 200)
        #expect(try await ProgressTests.progress(server, "u_ann")["level"]?.integer == 1)
        let ann = ServerProcess.token("u_ann")
        #expect(try await server.http("POST", "/api/v1/events", "[]", token: ann).code == "forbidden")
        let rooms = try await ProgressTests.key(server, "rooms:write")
        #expect(try await server.http("POST", "/api/v1/events", "[]", token: rooms).code == "forbidden")
        let many = "[" + Array(repeating: "{}", count: 1001).joined(separator: ",") + "]"
        #expect(try await server.http("POST", "/api/v1/events", many, token: admin).code == "too_large")
    }

    @Test("events count for people who have never been here, who find their progress when they come")
    func strangers() async throws {
        let (server, admin) = try await ProgressTests.prepared(
            #"{"count":{"kind":"lesson_finished","at_least":1}}"#)
        let key = try await ProgressTests.key(server, "progress:write")
        let body = """
            [{"id":"1","user":"u_new","kind":"challenge_completed","data":{"difficulty":"hard"}},
             {"id":"2","user":"u_new","kind":"lesson_finished"}, {"id":"3","user":"u new","kind":"lesson_finished"}]
            """
        let told = try await server.http("POST", "/api/v1/events", body, token: key)
        #expect(told.json?["accepted"]?.integer == 2, "\(told.text)")
        #expect(told.json?["refused"]?.array?.map { $0["index"]?.integer } == [2])
        let progress = try await ProgressTests.progress(server, "u_new")
        #expect(progress["xp"]?.integer == 125 && progress["badges"]?.array?.count == 1)
        let board = try await server.http("GET", "/api/v1/leaderboards/global", token: admin)
        #expect(board.json?["top"]?[0]?["user"]?["id"]?.string == "u_new", "\(board.text)")
        #expect(board.json?["top"]?[0]?["user"]?["name"]?.string == "u_new")
        // What they have earned waits for them.
        let list = try await server.http(
            "GET", "/api/v1/me/notifications", token: ServerProcess.token("u_new"))
        #expect(list.json?["notifications"]?[0]?["kind"]?.string == "achievement", "\(list.text)")
    }

    @Test(
        "achievements are the operator's; what is wrong in a rule is named by its place; a dry run looks back"
    )
    func catalogue() async throws {
        let (server, key) = try await ProgressTests.prepared()
        let ann = ServerProcess.token("u_ann")
        let room = try await server.room(owner: "u_ann")
        let said = try await server.http(
            "POST", "/api/v1/rooms/\(room)/messages", #"{"content":"x"}"#, token: ann)
        #expect(said.status == 201 || said.status == 200)
        let body = ProgressTests.achievement("b", #"{"any":[{"count":{"kind":"x"}}]}"#)
        let wrong = try await server.http("POST", "/api/v1/achievements", body, token: key)
        #expect(wrong.code == "invalid_field" && wrong.json?["field"]?.string == "rule")
        #expect(wrong.json?["details"]?["place"]?.string == "$.any[0].count.at_least")
        #expect(try await server.http("POST", "/api/v1/achievements", body, token: ann).code == "forbidden")
        let run = try await server.http(
            "POST", "/api/v1/achievements/dry-run", #"{"rule":\#(ProgressTests.messages(1))}"#, token: key)
        #expect(run.json?["people"]?.integer == 1 && run.json?["earned"]?[0]?["user"]?.string == "u_ann")
        let changed = try await server.http(
            "PUT", "/api/v1/achievements/talker",
            ProgressTests.achievement("talker", ProgressTests.messages(5)),
            token: key)
        #expect(changed.json?["version"]?.integer == 2)
        let versions = try await server.http("GET", "/api/v1/achievements/talker", token: ann)
        #expect(versions.json?["versions"]?.array?.count == 2)
        #expect(try await server.http("DELETE", "/api/v1/achievements/talker", token: key).status == 204)
        #expect(try await server.http("GET", "/api/v1/achievements/talker", token: ann).code == "not_found")
        let all = try await server.http("GET", "/api/v1/achievements", token: ann)
        #expect(all.json?["achievements"]?.array?.isEmpty == true)
    }

    @Test("leaderboards show the first, oneself and one's neighbours, live; a room's to its members alone")
    func leaderboards() async throws {
        let (server, key) = try await ProgressTests.prepared()
        let room = try await server.room(owner: "u_0")
        let ann = try await TestClient(server, token: ServerProcess.token("u_0"))
        try await ann.request("join", #""room":"\#(room)""#)
        let channels = ["global", "month", room].map { "\"leaderboard:\($0)\"" }.joined(separator: ",")
        try await ann.request("subscribe", #""channels":[\#(channels)]"#)
        var events: [String] = []
        for number in 0..<20 {
            // Who has made a room is somebody.
            if number > 0 { _ = try await server.room(owner: "u_\(number)") }
            let difficulty = ["easy", "medium", "hard", "expert"][number % 4]
            events.append(
                #"{"id":"e\#(number)","user":"u_\#(number)","kind":"challenge_completed","room":"\#(room)","data":{"difficulty":"\#(difficulty)"}}"#
            )
        }
        let told = try await server.http(
            "POST", "/api/v1/events", "[\(events.joined(separator: ","))]", token: key)
        #expect(told.json?["accepted"]?.integer == 20, "\(told.text)")
        for board in ["global", "month", room] {
            let update = try await ann.push("leaderboard_update") {
                $0["board"]?.string == board && $0["count"]?.integer == 20
            }
            let top = update["top"]?.array ?? []
            #expect(top.map { $0["rank"]?.integer } == [1, 1, 1, 1, 1, 6, 6, 6, 6, 6])
            #expect(top.first?["user"]?["id"]?.string == "u_3" && top.first?["xp"]?.integer == 200)
        }
        for path in ["global", "month", "room:\(room)"] {
            let board = try await server.http(
                "GET", "/api/v1/leaderboards/\(path)", token: ServerProcess.token("u_0"))
            #expect(board.json?["own"]?["rank"]?.integer == 16, "\(board.text)")
            #expect(board.json?["neighbours"]?.array?.count == 10)
        }
        let stranger = ServerProcess.token("u_stranger")
        let refused = try await server.http("GET", "/api/v1/leaderboards/room:\(room)", token: stranger)
        #expect(refused.code == "not_joined")
        let bob = try await TestClient(server, token: stranger)
        await #expect(throws: Refused.self) {
            try await bob.request("subscribe", #""channels":["leaderboard:\#(room)"]"#)
        }
        let late = try await bob.request("subscribe", #""channels":["leaderboard:global"]"#)
        let value = late["channels"]?["leaderboard:global"]?["values"]?["global"]
        #expect(value?["count"]?.integer == 20)
    }

    @Test("an erased person is on no leaderboard any more, and nothing of their progress is left (F5)")
    func erased() async throws {
        let (server, key) = try await ProgressTests.prepared()
        _ = try await server.room(owner: "u_eve")
        let event = #"{"id":"1","user":"u_eve","kind":"challenge_completed","data":{"difficulty":"hard"}}"#
        #expect(try await server.http("POST", "/api/v1/events", event, token: key).status == 200)
        let eve = ServerProcess.token("u_eve")
        let before = try await server.http("GET", "/api/v1/leaderboards/global", token: eve)
        #expect(before.json?["count"]?.integer == 1)
        let asked = try await server.http("POST", "/api/v1/me/erase", #"{"confirm":"u_eve"}"#, token: eve)
        #expect(asked.status == 202)
        let ann = ServerProcess.token("u_ann")
        try await eventually("all is counted", within: 20) {
            try await server.http("GET", "/api/v1/leaderboards/global", token: ann).json?["count"]?.integer
                == 0
        }
        #expect(
            try await server.http("GET", "/api/v1/users/u_eve/progress", token: ann).code == "user_not_found")
    }

    @Test("with --dev there is something to earn by talking; it can be turned off")
    func beginners() async throws {
        let server = try await ServerProcess(ProgressTests.quick.merging(["dev": "true"]) { $1 })
        let all = try await server.http("GET", "/api/v1/achievements", token: ServerProcess.token("u_ann"))
        #expect(all.json?["achievements"]?.array?.isEmpty == false)
        let off = try await ServerProcess(["progress.enabled": "false"])
        #expect(
            try await off.http("GET", "/api/v1/me/progress", token: ServerProcess.token("u_ann")).status
                == 404)
    }
}
