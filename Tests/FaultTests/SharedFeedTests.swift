import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Feeds, portfolios and risk of several processes", .timeLimit(.minutes(5)))
struct SharedFeedTests {
    private static let feed = ServerProcess.token("feed", publish: ["price:*", "risk:*"])
    private static let ann = ServerProcess.token("u_ann")

    private static func message(_ source: String, _ price: Int, trade: Int, at: Int64) -> String {
        if source == "binance" {
            return
                #"{"stream":"btcusdt@ticker","data":{"e":"24hrTicker","E":\#(at),"s":"BTCUSDT","c":"\#(price)","Q":"10","L":\#(trade)}}"#
        }
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        let time = Date(timeIntervalSince1970: Double(at) / 1000).formatted(style)
        return
            #"{"type":"ticker","product_id":"BTC-USD","price":"\#(price)","time":"\#(time)","trade_id":\#(trade),"last_size":"0.5"}"#
    }

    private static func ticks(_ server: ServerProcess) async throws -> Int? {
        let answer = try await server.http("GET", "/api/v1/prices/BTC-USD/ticks?limit=10", token: ann)
        return answer.json?["ticks"]?.array?.count
    }

    private static func tell(_ server: ServerProcess, _ price: String) async throws {
        let answer = try await server.http(
            "POST", "/api/v1/prices", #"{"symbol":"A","price":"\#(price)"}"#, token: feed)
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test(
        "one process listens to a source; another one goes on when it dies, and no price is told twice",
        arguments: ["binance", "coinbase"])
    func feeds(_ source: String) async throws {
        let fixture = try TickerFixture()
        defer { fixture.close() }
        let service = try await SharedService([
            "metrics.listen": "127.0.0.1:0", "prices.\(source)_url": fixture.base,
            "prices.\(source)_ids": source == "binance" ? "BTC-USD=btcusdt" : "BTC-USD=BTC-USD",
        ])
        let servers = service.servers
        var holders: [Int] = []
        try await eventually("one listens") {
            holders = []
            for (place, server) in servers.enumerated() {
                let open = try await server.metrics()("stoa_price_feed_open{source=\"\(source)\"}")
                if open == 1 { holders.append(place) }
            }
            return holders.count == 1 && fixture.open == 1
        }
        let (holder, other) = (servers[holders[0]], servers[1 - holders[0]])
        let client = try await TestClient(other, token: SharedFeedTests.ann)
        try await client.request("subscribe", #""channels":["price:BTC-USD"]"#)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        for trade in 1...2 {
            fixture.send(SharedFeedTests.message(source, 100 + trade, trade: trade, at: now + Int64(trade)))
            let update = try await client.push("price_update")
            #expect(update["price"]?.string == "\(100 + trade)")
        }
        // They are told before they are durable, and what is not may be told again.
        try await eventually("both are kept") { try await SharedFeedTests.ticks(other) == 2 }
        // Who subscribes is told the last trade, again.
        fixture.greet([SharedFeedTests.message(source, 102, trade: 2, at: now + 2)])
        let before = fixture.requests.count
        holder.kill()
        try await eventually("the other one listens", within: 60) { fixture.requests.count > before }
        fixture.send(SharedFeedTests.message(source, 103, trade: 3, at: now + 3))
        let update = try await client.push("price_update")
        #expect(update["price"]?.string == "103")
        try await eventually("it is kept") { try await SharedFeedTests.ticks(other) == 3 }
        try await eventually("the candle has each once") {
            let candles = try await other.http(
                "GET", "/api/v1/prices/BTC-USD/candles?interval=1d", token: SharedFeedTests.ann)
            let counts = candles.json?["candles"]?.array?.compactMap { $0["ticks"]?.integer } ?? []
            return counts.reduce(0, +) == 3
        }
    }

    @Test("a portfolio's value is told by one process, by prices of both; another one goes on when it dies")
    func portfolios() async throws {
        let service = try await SharedService()
        let servers = service.servers
        let made = try await servers[1].http(
            "POST", "/api/v1/portfolios", #"{"name":"Main","holdings":{"A":"2"}}"#,
            token: SharedFeedTests.ann)
        let id = try #require(made.json?["id"]?.string, "\(made.text)")
        try await SharedFeedTests.tell(servers[0], "10")
        var clients: [TestClient] = []
        // The first one's process has the duty.
        for server in servers {
            let client = try await TestClient(server, token: SharedFeedTests.ann)
            var reply = JSONValue.null
            // Who may read it is told to other processes.
            try await eventually("the portfolio is known") {
                do {
                    reply = try await client.request("subscribe", #""channels":["portfolio:\#(id)"]"#)
                    return true
                } catch let refused as Refused where refused.code == "not_found" {
                    return false
                }
            }
            let channel = reply["channels"]?["portfolio:\(id)"]
            if clients.isEmpty {
                #expect(try await client.push("portfolio_update")["value"]?.string == "20")
            } else {
                #expect(channel?["values"]?[id]?["value"]?.string == "20")
            }
            clients.append(client)
        }
        for price in 11...16 {
            try await SharedFeedTests.tell(servers[price % 2], "\(price)")
            for client in clients {
                let update = try await client.push("portfolio_update")
                #expect(update["value"]?.string == "\(price * 2)")
                #expect(update["offset"]?.integer == Int64(price - 9))
            }
        }
        servers[0].kill()
        try await SharedFeedTests.tell(servers[1], "20")
        // The last value may be told again by who takes it on, and no older one.
        var last: Int64 = 7
        var heard: [String] = []
        while heard.last != "40" {
            let update = try await clients[1].push("portfolio_update", within: 60)
            let offset = try #require(update["offset"]?.integer)
            #expect(offset == last + 1)
            last = offset
            heard.append(try #require(update["value"]?.string))
        }
        #expect(heard == ["40"] || heard == ["32", "40"])
    }

    @Test("a score that is given at one process is told once, also by who looks after all, and after a death")
    func risk() async throws {
        // Each looks every 100 ms at all that there are.
        let service = try await SharedService(["prices.risk_ms": "1000"])
        let servers = service.servers
        let clients = [try await service.client("u_ann", at: 0), try await service.client("u_bob", at: 1)]
        for client in clients { try await client.request("subscribe", #""channels":["risk:A"]"#) }
        func give(_ volatility: Int, at place: Int) async throws {
            let answer = try await servers[place].http(
                "PUT", "/api/v1/risk/A",
                #"{"market_cap":"1e9","volume":"5e7","volatility":"\#(volatility)"}"#,
                token: SharedFeedTests.feed)
            #expect(answer.status == 200, "\(answer.text)")
        }
        for number in 1...8 {
            try await give(number, at: number % 2)
            for client in clients {
                let update = try await client.push("risk_update")
                #expect(update["volatility"]?.string == "\(number)")
                #expect(update["offset"]?.integer == Int64(number))
            }
        }
        let living = 1
        servers[0].kill()
        for number in 9...12 {
            try await give(number, at: living)
            let update = try await clients[living].push("risk_update")
            #expect(update["volatility"]?.string == "\(number)")
            #expect(update["offset"]?.integer == Int64(number))
        }
    }
}
