import JSON
import StoaTesting
import Testing

@Suite("Alerts of several processes", .timeLimit(.minutes(4)))
struct SharedAlertTests {
    private static let feed = ServerProcess.token("feed", publish: ["price:*"])
    private static let ann = ServerProcess.token("u_ann")

    private static func tell(_ server: ServerProcess, _ number: Int) async throws {
        // Below and above by turns; each a millisecond later than the one before.
        let price = number % 2 == 0 ? 9 : 11
        let answer = try await server.http(
            "POST", "/api/v1/prices",
            #"{"symbol":"A","price":"\#(price)","at":\#(1_763_712_000_000 + number)}"#, token: feed)
        #expect(answer.status == 200, "\(answer.text)")
    }

    private static func count(_ server: ServerProcess, _ id: String) async throws -> Int64? {
        try await server.http("GET", "/api/v1/alerts/\(id)", token: ann).json?["trigger_count"]?.integer
    }

    @Test("prices told to one and the other are one sequence, each crossing fires once, also past a death")
    func once() async throws {
        let service = try await SharedService()
        let made = try await service.servers[1].http(
            "POST", "/api/v1/alerts", #"{"symbol":"A","operator":">=","value":"10"}"#,
            token: SharedAlertTests.ann)
        let id = try #require(made.json?["id"]?.string, "\(made.text)")
        let client = try await service.client("u_ann", at: 1)
        for number in 0..<20 { try await SharedAlertTests.tell(service.servers[number % 2], number) }
        // Both hear: the other one tells half of them.
        var heard: [Int64] = []
        for _ in 1...10 {
            let event = try await client.push("alert_triggered")
            heard.append(try #require(event["trigger_count"]?.integer))
            #expect(event["price"]?.string == "11")
        }
        // Two processes push.
        #expect(heard.sorted() == Array(1...10))
        // Whoever evaluates may be the one that dies.
        service.servers[0].kill()
        for number in 20..<26 { try await SharedAlertTests.tell(service.servers[1], number) }
        try await eventually("the other one goes on") {
            try await SharedAlertTests.count(service.servers[1], id) == 13
        }
        let list = try await service.servers[1].http(
            "GET", "/api/v1/me/notifications?limit=100", token: SharedAlertTests.ann)
        let counts = (list.json?["notifications"]?.array ?? []).compactMap {
            $0["data"]?["trigger_count"]?.integer
        }
        #expect(counts.sorted() == Array(1...13))
    }
}
