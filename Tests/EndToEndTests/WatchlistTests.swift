import JSON
import StoaTesting
import Testing

@Suite("Watch-lists (B4)")
struct WatchlistTests {
    static let ann = ServerProcess.token("u_ann")
    private static let bob = ServerProcess.token("u_bob")
    /// An answer takes a few milliseconds; on a machine with much to do some seconds.
    private static let patience = 30.0

    private static func ask(
        _ server: ServerProcess, _ method: String, _ path: String = "", _ body: String? = nil,
        token: String = ann, headers: [String: String] = [:]
    ) async throws -> HTTPAnswer {
        try await server.http(method, "/api/v1/watchlists" + path, body, token: token, headers: headers)
    }

    private static func make(_ server: ServerProcess, _ symbols: String) async throws -> String {
        let made = try await ask(server, "POST", "", #"{"name":"Main","symbols":\#(symbols)}"#)
        return try #require(made.json?["id"]?.string, "\(made.text)")
    }

    private static func tell(_ server: ServerProcess, _ symbol: String, _ price: Int) async throws {
        let answer = try await PriceTests.tell(server, #"{"symbol":"\#(symbol)","price":"\#(price)"}"#)
        #expect(answer.status == 200, "\(answer.text)")
    }

    private static func symbols(_ value: JSONValue?) -> [String] {
        (value?["symbols"]?.array ?? []).compactMap(\.string)
    }

    /// The next price that a client hears.
    private static func price(_ client: TestClient) async throws -> String {
        let update = try await client.push("price_update", within: patience)
        return "\(update["symbol"]?.string ?? "") \(update["price"]?.string ?? "")"
    }

    @Test("a list is its owner's, in its order, changed as a whole or symbol by symbol, and as it was read")
    func kept() async throws {
        let server = try await ServerProcess(["watchlists.per_person": "2", "watchlists.symbols": "3"])
        let made = try await Self.ask(server, "POST", "", #"{"name":"Main","symbols":["B","A"]}"#)
        #expect(made.status == 201 && made.headers["etag"] == "\"1\"")
        let path = "/" + (try #require(made.json?["id"]?.string))
        #expect(try await Self.ask(server, "POST", "", #"{"name":"x"}"#).status == 201)
        let third = try await Self.ask(server, "POST", "", #"{"name":"y"}"#)
        #expect(third.status == 409 && third.code == "conflict")
        let added = try await Self.ask(server, "PUT", path + "/symbols/C", headers: ["if-match": "\"1\""])
        #expect(Self.symbols(added.json) == ["B", "A", "C"] && added.headers["etag"] == "\"2\"")
        // What is there is not put twice.
        let again = try await Self.ask(server, "PUT", path + "/symbols/C")
        #expect(again.headers["etag"] == "\"2\"")
        #expect(try await Self.ask(server, "PUT", path + "/symbols/D").status == 409)
        for method in ["PATCH", "DELETE"] {
            let stale = try await Self.ask(
                server, method, path, method == "PATCH" ? "{}" : nil, headers: ["if-match": "\"1\""])
            #expect(stale.status == 412 && stale.code == "precondition_failed")
            #expect(stale.json?["details"]?["version"]?.integer == 2)
        }
        let changed = try await Self.ask(
            server, "PATCH", path, #"{"name":"Other","symbols":["A","C"]}"#, headers: ["if-match": "\"2\""])
        #expect(changed.json?["name"]?.string == "Other" && Self.symbols(changed.json) == ["A", "C"])
        let removed = try await Self.ask(server, "DELETE", path + "/symbols/A")
        #expect(Self.symbols(removed.json) == ["C"])
        for (method, rest) in [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("PUT", "/symbols/B")] {
            let answer = try await Self.ask(
                server, method, path + rest, method == "PATCH" ? "{}" : nil, token: Self.bob)
            #expect(answer.status == 404 && answer.code == "not_found")
        }
        for body in [#"{"name":""}"#, #"{"name":"x","symbols":["A","A"]}"#, #"{"name":"x","symbols":["-"]}"#]
        {
            #expect(try await Self.ask(server, "POST", "", body).status == 400)
        }
        server.kill()
        _ = await server.exitStatus()
        try await server.start()
        let list = try await Self.ask(server, "GET")
        #expect(list.json?["watchlists"]?.array?.map { Self.symbols($0) } == [["C"], []])
        #expect(try await Self.ask(server, "DELETE", path).status == 204)
        #expect(try await Self.ask(server, "GET", path).status == 404)
        let export = try await server.http("GET", "/api/v1/watchlists", token: Self.bob)
        #expect(export.json?["watchlists"]?.array?.isEmpty == true)
    }

    @Test("who subscribes a list gets its prices, and they follow it on all connections")
    func live() async throws {
        let server = try await ServerProcess(["loops": "2"])
        for (symbol, price) in [("A", 1), ("B", 2), ("C", 3)] {
            try await Self.tell(server, symbol, price)
        }
        let id = try await Self.make(server, #"["A","B"]"#)
        let clients = [
            try await TestClient(server, token: Self.ann), try await TestClient(server, token: Self.ann),
        ]
        for client in clients {
            let snapshot = try await client.request(
                "subscribe", #""channels":["watchlist:\#(id)"]"#, within: Self.patience)
            let channels = snapshot["channels"]
            #expect(Self.symbols(channels?["watchlist:\(id)"]?["values"]?[id]) == ["A", "B"])
            for (symbol, price) in [("A", "1"), ("B", "2")] {
                let entry = channels?["price:\(symbol)"]
                #expect(entry?["values"]?[symbol]?["price"]?.string == price)
                #expect(entry?["epoch"]?.string != nil && entry?["offset"]?.integer != nil)
            }
        }
        try await Self.tell(server, "A", 4)
        for client in clients { #expect(try await Self.price(client) == "A 4") }
        let put = try await Self.ask(server, "PATCH", "/\(id)", #"{"symbols":["C","B"]}"#)
        #expect(put.status == 200)
        for client in clients {
            let update = try await client.push("watchlist_update", within: Self.patience)
            #expect(update["watchlist"]?.string == id && Self.symbols(update) == ["C", "B"])
            let snapshot = try await client.push("snapshot", within: Self.patience)
            #expect(snapshot["channels"]?["price:C"]?["values"]?["C"]?["price"]?.string == "3")
        }
        // A's are no more; what stayed went on all the time.
        for (symbol, price) in [("A", 5), ("B", 6), ("C", 7)] {
            try await Self.tell(server, symbol, price)
        }
        for client in clients {
            #expect(try await Self.price(client) == "B 6")
            #expect(try await Self.price(client) == "C 7")
        }
        #expect(try await Self.ask(server, "DELETE", "/\(id)").status == 204)
        for client in clients {
            let end = try await client.push("watchlist_update", within: Self.patience)
            #expect(end["deleted"]?.bool == true && Self.symbols(end).isEmpty)
            try await client.request("subscribe", #""channels":["price:A"]"#, within: Self.patience)
        }
        for (symbol, price) in [("C", 8), ("A", 9)] { try await Self.tell(server, symbol, price) }
        for client in clients { #expect(try await Self.price(client) == "A 9") }
    }

    @Test("what is named too, or on another list, stays when a list lets it go")
    func overlapping() async throws {
        let server = try await ServerProcess()
        let first = try await Self.make(server, #"["A","B","C"]"#)
        let second = try await Self.make(server, #"["B"]"#)
        let client = try await TestClient(server, token: Self.ann)
        try await client.request(
            "subscribe", #""channels":["watchlist:\#(first)","watchlist:\#(second)","price:A"]"#,
            within: Self.patience)
        _ = try await Self.ask(server, "PATCH", "/\(first)", #"{"symbols":[]}"#)
        _ = try await client.push("watchlist_update", within: Self.patience)
        for (number, symbol) in ["C", "B", "A"].enumerated() {
            try await Self.tell(server, symbol, number + 1)
        }
        #expect(try await Self.price(client) == "B 2")
        #expect(try await Self.price(client) == "A 3")
        try await client.request(
            "unsubscribe", #""channels":["watchlist:\#(second)"]"#, within: Self.patience)
        for symbol in ["B", "A"] { try await Self.tell(server, symbol, 5) }
        #expect(try await Self.price(client) == "A 5")
    }

    @Test("it is resumed by the places in its prices, and is nobody else's")
    func resumed() async throws {
        let server = try await ServerProcess()
        try await Self.tell(server, "A", 1)
        let id = try await Self.make(server, #"["A"]"#)
        var client = try await TestClient(server, token: Self.ann)
        let snapshot = try await client.request(
            "subscribe", #""channels":["watchlist:\#(id)"]"#, within: Self.patience)
        let entry = try #require(snapshot["channels"]?["price:A"])
        let (epoch, offset) = (
            try #require(entry["epoch"]?.string), try #require(entry["offset"]?.integer)
        )
        client.close()
        for price in [2, 3] { try await Self.tell(server, "A", price) }
        client = try await TestClient(server, token: Self.ann)
        let again = try await client.request(
            "subscribe",
            #""channels":["watchlist:\#(id)"],"since":{"price:A":{"epoch":"\#(epoch)","offset":\#(offset)}}"#,
            within: Self.patience)
        #expect(again["channels"]?["price:A"]?["recovered"]?.bool == true)
        #expect(try await Self.price(client) == "A 2")
        #expect(try await Self.price(client) == "A 3")
        let other = try await TestClient(server, token: Self.bob)
        for (channel, code) in [
            ("watchlist:\(id)", "not_found"), ("watchlist:none", "not_found"),
            ("watchlist:*", "invalid_field"),
        ] {
            let refused = await #expect(throws: Refused.self) {
                try await other.request("subscribe", #""channels":["\#(channel)"]"#, within: Self.patience)
            }
            #expect(refused?.reply["code"]?.string == code)
        }
    }

    @Test("long polls take lists too, with a place in each of their prices")
    func polled() async throws {
        let server = try await ServerProcess()
        try await Self.tell(server, "A", 1)
        let id = try await Self.make(server, #"["A"]"#)
        let path = "/api/v1/stream/poll?channel=watchlist:\(id)"
        let first = try await server.http("GET", path, token: Self.ann)
        #expect(first.status == 200, "\(first.text)")
        let place = try #require(first.json?["next"]?.string)
        let empty = try await server.http("GET", path + "&wait_ms=0&after=\(place)", token: Self.ann)
        #expect(empty.json?["messages"]?.array?.isEmpty == true, "\(empty.text)")
        try await Self.tell(server, "A", 2)
        let second = try await server.http("GET", path + "&after=\(place)", token: Self.ann)
        #expect(second.json?["messages"]?.array?.map { $0["price"]?.string } == ["2"], "\(second.text)")
        let other = try await server.http("GET", path, token: Self.bob)
        #expect(other.status == 404 && other.json?["field"]?.string == "channel")
    }

    @Test("a stream of events takes lists too: they are followed, and after a cut it goes on where it was")
    func streamed() async throws {
        let server = try await ServerProcess()
        for symbol in ["A", "B"] { try await Self.tell(server, symbol, 1) }
        let id = try await Self.make(server, #"["A"]"#)
        let query = "channel=watchlist:\(id)"
        let reader = try await EventReader(server, query, token: Self.ann)
        let snapshot = try await reader.next("snapshot", within: Self.patience)
        #expect(snapshot.json?["channels"]?["price:A"]?["values"]?["A"]?["price"]?.string == "1")
        let place = try #require(snapshot.id)
        try await Self.tell(server, "A", 2)
        #expect(try await reader.next("price_update", within: Self.patience).json?["price"]?.string == "2")
        reader.connection.cut()
        let back = try await EventReader(server, query, token: Self.ann, lastID: place)
        let again = try await back.next("snapshot", within: Self.patience)
        #expect(again.json?["channels"]?["price:A"]?["recovered"]?.bool == true)
        #expect(try await back.next("price_update", within: Self.patience).json?["price"]?.string == "2")
        _ = try await Self.ask(server, "PATCH", "/\(id)", #"{"symbols":["B"]}"#)
        #expect(Self.symbols(try await back.next("watchlist_update", within: Self.patience).json) == ["B"])
        let brought = try await back.next("snapshot", within: Self.patience)
        #expect(brought.json?["channels"]?["price:B"]?["values"]?["B"]?["price"]?.string == "1")
        for symbol in ["A", "B"] { try await Self.tell(server, symbol, 3) }
        #expect(try await back.next("price_update", within: Self.patience).json?["symbol"]?.string == "B")
    }
}
