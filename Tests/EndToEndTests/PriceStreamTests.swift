import JSON
import StoaTesting
import Testing

@Suite("Price streams over the wire (B4)")
struct PriceStreamTests {
    private static func tick(_ symbol: String, _ price: Int) -> String {
        #"{"symbol":"\#(symbol)","price":"\#(price)"}"#
    }

    @Test(
        "a pattern has a snapshot of what is there, and of what comes later; updates have offsets of their own"
    )
    func patterns() async throws {
        let server = try await ServerProcess()
        try await PriceTests.tell(server, PriceStreamTests.tick("ETH-USD", 1))
        let client = try await TestClient(server, token: PriceTests.reader)
        let snapshot = try await client.request("subscribe", #""channels":["price:ETH-*"]"#)
        #expect(snapshot["type"]?.string == "snapshot")
        let entry = snapshot["channels"]?["price:ETH-USD"]
        #expect(entry?["offset"]?.integer == 1)
        #expect(entry?["values"]?["ETH-USD"]?["price"]?.string == "1")
        try await PriceTests.tell(server, PriceStreamTests.tick("ETH-EUR", 5))
        let later = try await client.push("snapshot")
        #expect(later["channels"]?["price:ETH-EUR"]?["offset"]?.integer == 0)
        let first = try await client.push("price_update")
        #expect(first["symbol"]?.string == "ETH-EUR" && first["offset"]?.integer == 1)
        try await PriceTests.tell(server, PriceStreamTests.tick("ETH-USD", 2))
        let update = try await client.push("price_update")
        #expect(update["channel"]?.string == "price:ETH-USD" && update["offset"]?.integer == 2)
    }

    @Test("who comes back gets exactly what was missed, or a gap and the newest value")
    func resume() async throws {
        let server = try await ServerProcess(["topics.rings": "price:*=3"])
        try await PriceTests.tell(server, PriceStreamTests.tick("A", 1))
        let client = try await TestClient(server, token: PriceTests.reader)
        let begun = try await client.request("subscribe", #""channels":["price:A"]"#)
        let epoch = try #require(begun["channels"]?["price:A"]?["epoch"]?.string)
        client.cut()
        for price in 2...5 { try await PriceTests.tell(server, PriceStreamTests.tick("A", price)) }
        let back = try await TestClient(server, token: PriceTests.reader)
        let snapshot = try await back.request(
            "subscribe", #""channels":["price:A"],"since":{"price:A":{"epoch":"\#(epoch)","offset":2}}"#)
        #expect(snapshot["channels"]?["price:A"]?["recovered"]?.bool == true)
        for price in 3...5 as ClosedRange<Int64> {
            #expect(try await back.push("price_update")["offset"]?.integer == price)
        }
        let late = try await TestClient(server, token: PriceTests.reader)
        let whole = try await late.request(
            "subscribe", #""channels":["price:A"],"since":{"price:A":{"epoch":"\#(epoch)","offset":1}}"#)
        #expect(whole["channels"]?["price:A"]?["recovered"]?.bool == false)
        #expect(whole["channels"]?["price:A"]?["values"]?["A"]?["price"]?.string == "5")
        let gap = try await late.push("gap")
        #expect(gap["from"]?.integer == 2 && gap["to"]?.integer == 5 && gap["reason"]?.string == "limit")
    }

    @Test("who names symbols that nobody has told of keeps nobody out, and leaves nothing behind")
    func bare() async throws {
        let server = try await ServerProcess(["topics.channels": "20"])
        let client = try await TestClient(server, token: PriceTests.reader)
        let names = (0..<50).map { "\"price:NONE-\($0)\"" }.joined(separator: ",")
        let first = try await client.request("subscribe", #""channels":[\#(names)]"#)
        // A tenth of the channels.
        #expect(first["channels"]?.object?.count == 2)
        for symbol in 0..<10 { try await PriceTests.tell(server, PriceStreamTests.tick("S\(symbol)", 1)) }
        let all = try await client.request("subscribe", #""channels":["price:S*"]"#)
        #expect(all["channels"]?.object?.count == 10)
        try await client.request("unsubscribe", #""channels":[\#(names)]"#)
        let again = try await client.request("subscribe", #""channels":["price:NEW-1","price:NEW-2"]"#)
        #expect(again["channels"]?.object?.count == 2)
    }

    @Test("several values come in one message, chosen members of them, no more often than asked")
    func paced() async throws {
        let server = try await ServerProcess()
        let client = try await TestClient(server, token: PriceTests.reader)
        try await client.request(
            "subscribe", #""channels":["price:*"],"min_interval_ms":100,"batch":true,"fields":["price"]"#)
        for price in 1...20 {
            let ticks = ["A", "B", "C"].map { PriceStreamTests.tick($0, price) }
            try await PriceTests.tell(server, "[\(ticks.joined(separator: ","))]")
        }
        var newest: [String: String] = [:]
        var messages = 0
        while newest.count < 3 || newest.values.contains(where: { $0 != "20" }) {
            let update = try await client.push("price_update")
            messages += 1
            for value in try #require(update["values"]?.object) {
                #expect(value.value.object?.map(\.name) == ["offset", "price"])
                newest[value.name] = value.value["price"]?.string
            }
        }
        #expect(messages < 60)
    }

    @Test("a feed tells prices on its connection; each is answered, a repeat as such")
    func feed() async throws {
        let server = try await ServerProcess()
        let feed = try await TestClient(server, token: PriceTests.feed)
        let client = try await TestClient(server, token: PriceTests.reader)
        try await client.request("subscribe", #""channels":["price:A"]"#)
        let tick = #""channel":"price:A","data":{"price":"1.5","sequence":1}"#
        let ack = try await feed.request("publish", tick)
        #expect(ack["type"]?.string == "ack" && ack["channel"]?.string == "price:A")
        #expect(try await client.push("price_update")["price"]?.string == "1.5")
        for (bad, code) in [
            (#""channel":"price:A","data":{"price":"0"}"#, "invalid_field"),
            (#""channel":"price:A","data":1"#, "invalid_field"),
            (#""channel":"price:a*","data":{"price":"1"}"#, "invalid_field"),
            (#""channel":"candles:A:1m","data":{}"#, "invalid_field"),
        ] {
            let refused = await #expect(throws: Refused.self) { try await feed.request("publish", bad) }
            #expect(refused?.code == code, "\(bad)")
        }
        let stranger = await #expect(throws: Refused.self) { try await client.request("publish", tick) }
        #expect(stranger?.code == "forbidden")
    }

    @Test("prices are for everybody who is signed in; a service key needs them among its scopes")
    func rights() async throws {
        let server = try await ServerProcess()
        try await PriceTests.tell(server, PriceStreamTests.tick("A", 1))
        #expect(try await server.http("GET", "/api/v1/prices").status == 401)
        let key = try await server.serviceKey("subscribe:price:B*")
        let refused = try await server.http("GET", "/api/v1/prices/A", token: key)
        #expect(refused.status == 403)
        let list = try await server.http("GET", "/api/v1/prices", token: key)
        #expect(list.json?["prices"]?.array?.isEmpty == true)
        let client = try await TestClient(server, token: key)
        let other = await #expect(throws: Refused.self) {
            try await client.request("subscribe", #""channels":["price:*"]"#)
        }
        #expect(other?.code == "forbidden")
        try await client.request("subscribe", #""channels":["price:B*"]"#)
    }
}

extension ServerProcess {
    /// A service key with one scope.
    fileprivate func serviceKey(_ scope: String) async throws -> String {
        let made = try await Tool(
            ServerProcess.program.path,
            ["key", "create", "--name", "reader", "--scope", scope, "--data-dir", dataDirectory.path])
        return try ServiceKeyTests.Key(try JSONValue(parsing: made.output)).text
    }
}
