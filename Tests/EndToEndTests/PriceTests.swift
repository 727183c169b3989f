import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Prices over the wire (B1, B4, B5)")
struct PriceTests {
    static let feed = ServerProcess.token("feed", publish: ["price:*"])
    static let reader = ServerProcess.token("u_ann")

    /// Tells prices over HTTP.
    @discardableResult
    static func tell(_ server: ServerProcess, _ body: String) async throws -> HTTPAnswer {
        try await server.http("POST", "/api/v1/prices", body, token: feed)
    }

    @Test("a told price is answered when it is kept, and read by symbol, by list and after a restart")
    func toldAndRead() async throws {
        let server = try await ServerProcess()
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let answer = try await PriceTests.tell(
            server,
            """
            [{"symbol":"BTC-USD","price":"64000.010000000000000001","volume":1.5e-2,"at":\(now)},
             {"symbol":"ETH-USD","price":3100}]
            """)
        #expect(answer.status == 200)
        #expect(answer.json?["accepted"]?.integer == 2)
        for _ in 0..<2 {
            let one = try await server.http("GET", "/api/v1/prices/BTC-USD", token: PriceTests.reader)
            #expect(one.json?["symbol"]?.string == "BTC-USD")
            #expect(one.json?["price"]?.string == "64000.010000000000000001")
            #expect(one.json?["volume"]?.string == "0.015")
            #expect(one.json?["at"]?.integer == now)
            #expect(one.json?["confidence"]?.string == "medium")
            let list = try await server.http(
                "GET", "/api/v1/prices?symbols=ETH-USD,NONE,BTC-USD", token: PriceTests.reader)
            #expect(list.json?["prices"]?.array?.map { $0["symbol"]?.string } == ["ETH-USD", "BTC-USD"])
            server.kill()
            _ = await server.exitStatus()
            try await server.start()
        }
        let snapshot = try await TestClient(server, token: PriceTests.reader)
            .request("subscribe", #""channels":["price:BTC-USD"]"#)
        let value = snapshot["channels"]?["price:BTC-USD"]?["values"]?["BTC-USD"]
        #expect(value?["price"]?.string == "64000.010000000000000001")
    }

    @Test("who has the answer already is told so by its ETag")
    func etag() async throws {
        let server = try await ServerProcess()
        try await PriceTests.tell(server, #"{"symbol":"A","price":"1"}"#)
        let first = try await server.http("GET", "/api/v1/prices/A", token: PriceTests.reader)
        let tag = try #require(first.headers["etag"])
        let again = try await server.http(
            "GET", "/api/v1/prices/A", token: PriceTests.reader, headers: ["If-None-Match": tag])
        #expect(again.status == 304 && again.body.isEmpty)
        try await PriceTests.tell(server, #"{"symbol":"A","price":"2"}"#)
        let changed = try await server.http(
            "GET", "/api/v1/prices/A", token: PriceTests.reader, headers: ["If-None-Match": tag])
        #expect(changed.status == 200 && changed.json?["price"]?.string == "2")
    }

    @Test("a bad tick is refused by its field, and by its place where it is one of many")
    func refused() async throws {
        let server = try await ServerProcess()
        for (tick, field) in [
            (#"{"price":"1"}"#, "symbol"), (#"{"symbol":"a b","price":"1"}"#, "symbol"),
            (#"{"symbol":"A"}"#, "price"), (#"{"symbol":"A","price":"0"}"#, "price"),
            (#"{"symbol":"A","price":"-1"}"#, "price"), (#"{"symbol":"A","price":"x"}"#, "price"),
            (#"{"symbol":"A","price":"1e18"}"#, "price"),
            (#"{"symbol":"A","price":"0.0000000000000000001"}"#, "price"),
            (#"{"symbol":"A","price":"1","volume":"-1"}"#, "volume"),
            (#"{"symbol":"A","price":"1","at":"now"}"#, "at"),
            (#"{"symbol":"A","price":"1","at":99999999999999}"#, "at"),
            (#"{"symbol":"A","price":"1","at":1}"#, "at"),
            (#"{"symbol":"A","price":"1","sequence":"x"}"#, "sequence"),
        ] {
            let answer = try await PriceTests.tell(server, tick)
            #expect(answer.status == 400 && answer.json?["field"]?.string == field, "\(tick) \(answer.text)")
        }
        let both = try await PriceTests.tell(
            server, #"[{"symbol":"A"},{"symbol":"A","price":"1"},{"symbol":"A","price":"1","at":1},7]"#)
        #expect(both.json?["accepted"]?.integer == 1)
        #expect(both.json?["refused"]?.array?.map { $0["index"]?.integer } == [0, 2, 3])
        let none = try await server.http("GET", "/api/v1/prices/B", token: PriceTests.reader)
        #expect(none.status == 404 && none.code == "price_unavailable")
        let stranger = try await server.http(
            "POST", "/api/v1/prices", #"{"symbol":"A","price":"1"}"#, token: PriceTests.reader)
        #expect(stranger.status == 403 && stranger.code == "forbidden")
        let many = "[" + Array(repeating: "{}", count: 1001).joined(separator: ",") + "]"
        #expect(try await PriceTests.tell(server, many).code == "too_large")
    }

    @Test("the same tick of the same source is one, however often it is told; another source's is another")
    func repeats() async throws {
        let server = try await ServerProcess()
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let tick = #"{"symbol":"A","price":"1.50","at":\#(now),"sequence":7}"#
        #expect(try await PriceTests.tell(server, tick).json?["accepted"]?.integer == 1)
        let again = try await PriceTests.tell(server, "[\(tick),\(tick)]")
        #expect(again.json?["accepted"]?.integer == 0 && again.json?["repeated"]?.integer == 2)
        let other = ServerProcess.token("other", publish: ["price:A"])
        #expect(try await server.http("POST", "/api/v1/prices", tick, token: other).status == 200)
        // Another process' life does not make it two.
        server.kill()
        _ = await server.exitStatus()
        try await server.start()
        try await PriceTests.tell(server, tick)
        let ticks = try await server.http(
            "GET", "/api/v1/prices/A/ticks", token: PriceTests.reader)
        #expect(ticks.json?["ticks"]?.array?.map { $0["source"]?.string } == ["feed", "other"])
    }

    @Test("history comes in pages and as CSV; what is older than kept is not taken")
    func history() async throws {
        let server = try await ServerProcess()
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        // Over the turn of months, told newest first.
        let month: Int64 = 31 * 86_400_000
        let times = (0..<25).map { now - Int64($0) * month / 10 }
        let ticks = times.map { #"{"symbol":"A","price":"\#($0 % 1000 + 1)","at":\#($0)}"# }
        let told = try await PriceTests.tell(server, "[\(ticks.joined(separator: ","))]")
        #expect(told.json?["accepted"]?.integer == 25)
        var found: [Int64] = []
        var cursor = ""
        repeat {
            let page = try await server.http(
                "GET", "/api/v1/prices/A/ticks?from=0&limit=10\(cursor)", token: PriceTests.reader)
            let rows = try #require(page.json?["ticks"]?.array, "\(page.text)")
            found += rows.compactMap { $0["at"]?.integer }
            cursor = (page.json?["next"]?.string).map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        #expect(found == times.reversed())
        let csv = try await server.http(
            "GET", "/api/v1/prices/A/ticks?from=\(now)&format=csv", token: PriceTests.reader)
        #expect(csv.headers["content-type"] == "text/csv; charset=utf-8")
        #expect(csv.text == "at,price,volume,source\r\n\(now),\(now % 1000 + 1),,feed\r\n")
        // For spreadsheets; programs have milliseconds.
        let day = try await server.http(
            "GET", "/api/v1/prices/A/ticks?from=\(now)&format=csv&time=iso", token: PriceTests.reader)
        let written = day.text.split(separator: "\r\n").last?.split(separator: ",").first ?? ""
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        #expect(
            try (Date(String(written), strategy: format).timeIntervalSince1970 * 1000).rounded()
                == Double(now))
        let refused = try await server.http(
            "GET", "/api/v1/prices/A/ticks?from=\(now)&time=iso", token: PriceTests.reader)
        #expect(refused.json?["field"]?.string == "time")
        for query in ["limit=0", "limit=1001", "from=5&to=4", "format=xml", "cursor=x", "from=-1"] {
            let answer = try await server.http(
                "GET", "/api/v1/prices/A/ticks?\(query)", token: PriceTests.reader)
            #expect(answer.code == "invalid_field", "\(query)")
        }
    }

    @Test("a late tick is history: it moves no price")
    func late() async throws {
        let server = try await ServerProcess()
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let client = try await TestClient(server, token: PriceTests.reader)
        try await client.request("subscribe", #""channels":["price:A"]"#)
        try await PriceTests.tell(server, #"{"symbol":"A","price":"2","at":\#(now)}"#)
        try await PriceTests.tell(server, #"{"symbol":"A","price":"1","at":\#(now - 1000)}"#)
        try await PriceTests.tell(server, #"{"symbol":"A","price":"3","at":\#(now)}"#)
        #expect(try await client.push("price_update")["price"]?.string == "2")
        let second = try await client.push("price_update")
        #expect(second["price"]?.string == "3" && second["offset"]?.integer == 2)
    }

    @Test("a price that nobody renews becomes stale, once")
    func stale() async throws {
        let server = try await ServerProcess(["prices.stale_ms": "200"])
        let client = try await TestClient(server, token: PriceTests.reader)
        try await client.request("subscribe", #""channels":["price:A"]"#)
        try await PriceTests.tell(server, #"{"symbol":"A","price":"2"}"#)
        #expect(try await client.push("price_update")["confidence"]?.string == "medium")
        #expect(try await client.push("price_update")["confidence"]?.string == "stale")
        try await PriceTests.tell(server, #"{"symbol":"A","price":"2"}"#)
        #expect(try await client.push("price_update")["confidence"]?.string == "medium")
    }

    @Test("as many symbols as may be; a queue that is full; a table for what is made up")
    func bounds() async throws {
        let server = try await ServerProcess(["prices.symbols": "2", "prices.queue": "3"])
        let many = (0..<3).map { #"{"symbol":"S\#($0)","price":"1"}"# }.joined(separator: ",")
        let answer = try await PriceTests.tell(server, "[\(many)]")
        #expect(answer.json?["refused"]?.array?.map { $0["code"]?.string } == ["too_many_channels"])
        let flood = (0..<5).map { #"{"symbol":"S0","price":"1","sequence":\#($0)}"# }.joined(separator: ",")
        let flooded = try await PriceTests.tell(server, "[\(flood)]")
        #expect(flooded.json?["accepted"]?.integer == 3)
        #expect(
            flooded.json?["refused"]?.array?.map { $0["code"]?.string } == ["unavailable", "unavailable"])
    }

    @Test("--demo-prices has something to see, marked as made up")
    func demo() async throws {
        let server = try await ServerProcess(["demo_prices": "true"])
        let client = try await TestClient(server, token: PriceTests.reader)
        try await client.request("subscribe", #""channels":["price:DEMO-*"]"#)
        for _ in 0..<3 {
            let update = try await client.push("price_update")
            #expect(update["source"]?.string == "demo")
            #expect(update["symbol"]?.string?.hasPrefix("DEMO-") == true)
        }
        // A day of candles was there before anybody came, and what is risky about it.
        let path = "/api/v1/prices/DEMO-BTC/candles?interval=15m&limit=200"
        let candles = try await server.http("GET", path, token: PriceTests.reader)
        #expect(candles.json?["candles"]?.array?.count ?? 0 >= 100)
        try await eventually("a score") {
            try await server.http("GET", "/api/v1/risk/DEMO-TEA", token: PriceTests.reader).json?["score"]?
                .integer != nil
        }
    }
}
