import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Sources of prices over WebSockets (B1)")
struct TickerTests {
    static func coinbase(
        _ price: String, trade: Int, time: String = TickerTests.time(), size: String = "0.5"
    ) -> String {
        """
        {"type":"ticker","sequence":37475248783,"product_id":"BTC-USD","price":"\(price)","open_24h":"62000.35",
        "volume_24h":"9271.16","low_24h":"61500","high_24h":"65000","best_bid":"63999.99","best_ask":"64000.01",
        "side":"buy","time":"\(time)","trade_id":\(trade),"last_size":"\(size)"}
        """
    }

    private static func heartbeat(_ trade: Int) -> String {
        #"{"type":"heartbeat","sequence":90,"last_trade_id":\#(trade),"product_id":"BTC-USD","time":"2026-11-22T08:28:48.464642Z"}"#
    }

    private static func binance(_ price: String, trade: Int, at: Int64? = nil) -> String {
        let at = at ?? Int64(Date().timeIntervalSince1970 * 1000)
        return """
            {"stream":"btcusdt@ticker","data":{"e":"24hrTicker","E":\(at),"s":"BTCUSDT","p":"0.0015","P":"250.00",
            "w":"0.0018","x":"0.0009","c":"\(price)","Q":"10","b":"0.0024","o":"0.0010","h":"0.0025","l":"0.0010",
            "v":"10000","q":"18","O":0,"C":86400000,"F":0,"L":\(trade),"n":18151}}
            """
    }

    private static func time(_ seconds: Double = 0) -> String {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return Date(timeIntervalSinceNow: seconds).formatted(style)
    }

    private struct Bench {
        let fixture: TickerFixture
        let server: ServerProcess
        let client: TestClient
        private let name: String

        init(_ name: String, _ settings: [String: String] = [:]) async throws {
            self.name = name
            fixture = try TickerFixture()
            var all = [
                "prices.\(name)_url": fixture.base, "metrics.listen": "127.0.0.1:0",
                "prices.\(name)_ids": name == "binance" ? "BTC-USD=btcusdt" : "BTC-USD=BTC-USD",
            ]
            all.merge(settings) { $1 }
            server = try await ServerProcess(all)
            client = try await TestClient(server, token: SourceBench.reader)
            try await client.request("subscribe", #""channels":["price:BTC-USD"]"#)
            try await subscribed(1)
        }

        func subscribed(_ count: Int) async throws {
            let fixture = fixture
            try await eventually("\(count) subscriptions") { fixture.requests.count >= count }
        }

        func update(_ price: String) async throws -> JSONValue {
            try await client.push("price_update") { $0["price"]?.string == price }
        }

        func figure(_ metric: String) async throws -> Double {
            try await server.metrics()("stoa_price_feed_\(metric)_total{source=\"\(name)\"}")
        }
    }

    @Test("Coinbase's ticker is a tick with its moment, size and source; the same trade told again is one")
    func ticker() async throws {
        let bench = try await Bench("coinbase")
        #expect(bench.fixture.requests.first?.contains(#""product_ids":["BTC-USD"]"#) == true)
        let time = TickerTests.time()
        bench.fixture.send(#"{"type":"subscriptions","channels":[]}"#)
        bench.fixture.send(TickerTests.coinbase("64000.010000000000000001", trade: 7, time: time))
        bench.fixture.send(TickerTests.coinbase("64000.010000000000000001", trade: 7, time: time))
        bench.fixture.send(TickerTests.coinbase("64001", trade: 8))
        let update = try await bench.update("64000.010000000000000001")
        #expect(update["source"]?.string == "coinbase" && update["volume"]?.string == "0.5")
        #expect(update["confidence"]?.string == "medium")
        _ = try await bench.update("64001")
        let metrics = try await bench.server.metrics()
        #expect(metrics(#"stoa_ticks_total{outcome="accepted"}"#) == 2)
        #expect(metrics(#"stoa_ticks_total{outcome="repeated"}"#) == 1)
        #expect(try await bench.figure("missed") == 0)
    }

    @Test("Binance's ticker is a tick; one without a new trade has no volume")
    func binance() async throws {
        let bench = try await Bench("binance")
        #expect(bench.fixture.requests.first?.contains(#""params":["btcusdt@ticker"]"#) == true)
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        bench.fixture.send(#"{"result":null,"id":1}"#)
        bench.fixture.send(TickerTests.binance("0.0025", trade: 5, at: now - 10))
        #expect(try await bench.update("0.0025")["volume"]?.string == "10")
        bench.fixture.send(TickerTests.binance("0.0025", trade: 5, at: now))
        let update = try await bench.client.push("price_update")
        #expect(update["at"]?.integer == now && update["volume"] == nil)
    }

    @Test(
        "trades that are left out are counted, and the newest price is asked for where heartbeats know more")
    func gap() async throws {
        let bench = try await Bench("coinbase")
        bench.fixture.send(TickerTests.coinbase("100", trade: 10))
        bench.fixture.send(TickerTests.coinbase("101", trade: 14))
        _ = try await bench.update("101")
        #expect(try await bench.figure("missed") == 3)
        bench.fixture.greet([TickerTests.coinbase("102", trade: 15)])
        bench.fixture.send(TickerTests.heartbeat(15))
        bench.fixture.send(TickerTests.heartbeat(15))
        _ = try await bench.update("102")
        #expect(bench.fixture.requests.count == 2)
        #expect(try await bench.figure("asked") == 1)
    }

    @Test("a connection that is cut is made anew, and subscribed anew")
    func cut() async throws {
        let bench = try await Bench("coinbase")
        bench.fixture.send(TickerTests.coinbase("100", trade: 10))
        _ = try await bench.update("100")
        bench.fixture.greet([TickerTests.coinbase("101", trade: 12)])
        bench.fixture.cut()
        _ = try await bench.update("101")
        #expect(bench.fixture.opened == 2)
    }

    @Test("a connection that is silent is made anew")
    func silence() async throws {
        let bench = try await Bench("binance", ["prices.feed_silence_ms": "200"])
        try await bench.subscribed(2)
        bench.fixture.greet([TickerTests.binance("5", trade: 1)])
        _ = try await bench.update("5")
    }

    @Test(
        "nonsense is counted and moves nothing",
        arguments: [
            "nonsense", "[]", "{}", #"{"type":"ticker","product_id":"BTC-USD","price":"-1"}"#,
            #"{"type":"ticker","product_id":"BTC-USD"}"#,
        ])
    func nonsense(_ message: String) async throws {
        let bench = try await Bench("coinbase")
        bench.fixture.send(message)
        bench.fixture.send(TickerTests.coinbase("5", trade: 1))
        _ = try await bench.update("5")
        #expect(try await bench.figure("bad") == 1)
        #expect(bench.fixture.opened == 1)
    }

    @Test("a refusal ends the connection; another one follows after a pause")
    func refusal() async throws {
        let bench = try await Bench("coinbase")
        bench.fixture.send(#"{"type":"error","message":"Failed to subscribe","reason":"no such product"}"#)
        try await bench.subscribed(2)
        #expect(try await bench.figure("bad") == 1)
        try await eventually("it is said") { bench.server.log.contains("Failed to subscribe") }
    }

    @Test("an older trade that comes late is history, and moves no price")
    func late() async throws {
        let bench = try await Bench("coinbase")
        bench.fixture.send(TickerTests.coinbase("101", trade: 14))
        _ = try await bench.update("101")
        bench.fixture.send(TickerTests.coinbase("100", trade: 10, time: TickerTests.time(-30)))
        bench.fixture.send(TickerTests.coinbase("102", trade: 15))
        #expect(try await bench.client.push("price_update")["price"]?.string == "102")
        #expect(try await bench.server.metrics()(#"stoa_ticks_total{outcome="accepted"}"#) == 3)
    }
}
