import StoaTesting
import Testing

@Suite("Notifications of several processes", .timeLimit(.minutes(4)))
struct SharedNotificationTests {
    @Test("it rings wherever the person is connected, and is read everywhere")
    func everywhere() async throws {
        let service = try await SharedService()
        let made = try await Tool(
            ServerProcess.program.path,
            [
                "key", "create", "--name", "b", "--scope", "admin", "--data-dir",
                service.servers[0].dataDirectory.path,
            ], environment: ["STOA_JWT_SECRET": ServerProcess.secret])
        let key = try #require(made.output.firstMatch(of: /"key":"([^"]+)"/).map { String($0.output.1) })
        let clients = [
            try await service.client("u_ann", at: 0), try await service.client("u_ann", at: 1),
        ]
        var last = ""
        for number in 1...4 {
            try await eventually("the key is known") {
                let answer = try await service.servers[number % 2].http(
                    "POST", "/api/v1/users/u_ann/notifications",
                    #"{"key":"\#(number)","kind":"news","title":"N\#(number)"}"#, token: key)
                return answer.status < 300
            }
            var ids: Set<String> = []
            for client in clients {
                let push = try await client.push("notification")
                #expect(push["title"]?.string == "N\(number)")
                ids.insert(try #require(push["notification_id"]?.string))
            }
            #expect(ids.count == 1)
            last = ids.first ?? ""
        }
        let answer = try await service.servers[1].http(
            "POST", "/api/v1/me/notifications/read", #"{"until":"\#(last)"}"#,
            token: ServerProcess.token("u_ann"))
        #expect(answer.json?["unread"]?.integer == 0)
        for client in clients {
            #expect(try await client.push("notification_read")["until"]?.string == last)
        }
    }
}
