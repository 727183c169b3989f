import JSON
import StoaTesting
import Testing

@Suite("Watch-lists of several processes", .timeLimit(.minutes(4)))
struct SharedWatchlistTests {
    private static let feed = ServerProcess.token("feed", publish: ["price:*"])
    private static let ann = ServerProcess.token("u_ann")

    private static func tell(_ server: ServerProcess, _ symbol: String, _ price: Int) async throws {
        let answer = try await server.http(
            "POST", "/api/v1/prices", #"{"symbol":"\#(symbol)","price":"\#(price)"}"#, token: feed)
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test("a list that is changed at one process is followed at the others")
    func followed() async throws {
        let service = try await SharedService()
        for (symbol, price) in [("A", 1), ("B", 2)] {
            try await SharedWatchlistTests.tell(service.servers[0], symbol, price)
        }
        let made = try await service.servers[0].http(
            "POST", "/api/v1/watchlists", #"{"name":"Main","symbols":["A"]}"#, token: Self.ann)
        let id = try #require(made.json?["id"]?.string, "\(made.text)")
        let client = try await service.client("u_ann", at: 1)
        let snapshot = try await client.request(
            "subscribe", #""channels":["watchlist:\#(id)"]"#, within: 30)
        #expect(snapshot["channels"]?["price:A"]?["values"]?["A"]?["price"]?.string == "1")
        let changed = try await service.servers[0].http(
            "PATCH", "/api/v1/watchlists/\(id)", #"{"symbols":["B"]}"#, token: Self.ann)
        #expect(changed.status == 200)
        let update = try await client.push("watchlist_update", within: 30)
        #expect(update["symbols"]?.array?.map(\.string) == ["B"])
        let brought = try await client.push("snapshot", within: 30)
        #expect(brought["channels"]?["price:B"]?["values"]?["B"]?["price"]?.string == "2")
        for symbol in ["A", "B"] { try await SharedWatchlistTests.tell(service.servers[0], symbol, 3) }
        let price = try await client.push("price_update", within: 30)
        #expect(price["symbol"]?.string == "B" && price["price"]?.string == "3")
    }

    @Test("subscribing to prices counts against a tier over all processes")
    func counted() async throws {
        let service = try await SharedService(["limits.tier_free": "2"])
        for server in service.servers {
            try await eventually("the processes reach Redis", within: 30) {
                let health = try await server.http("GET", "/health/ready").json
                return health?["status"]?.string == "ready" && health?["broker"] == nil
            }
        }
        let clients = [try await service.client("u_ann", at: 0), try await service.client("u_ann", at: 1)]
        for client in clients {
            try await client.request("subscribe", #""channels":["price:A"]"#, within: 30)
        }
        for client in clients {
            let refused = await #expect(throws: Refused.self) {
                try await client.request("subscribe", #""channels":["price:B"]"#, within: 30)
            }
            #expect(refused?.reply["code"]?.string == "rate_limited")
            #expect(refused?.reply["details"]?["limit"]?.integer == 2)
        }
        // What is told is not counted.
        try await SharedWatchlistTests.tell(service.servers[0], "A", 1)
        for client in clients {
            #expect(try await client.push("price_update", within: 30)["price"]?.string == "1")
        }
    }
}
