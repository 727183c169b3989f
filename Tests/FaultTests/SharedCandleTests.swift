import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Candles of several processes (Decision 0017)", .timeLimit(.minutes(5)))
struct SharedCandleTests {
    private static let feed = ServerProcess.token("feed", publish: ["price:*"])
    private static let reader = ServerProcess.token("u_ann")
    private static let channel = "candles:A:1m"
    private static let watching = #""channels":["candles:A:1m"]"#

    /// A tick of the given number: of one moment each, a repeat of it is known by its sequence.
    private static func tick(_ number: Int, from begin: Int64) -> String {
        #"{"symbol":"A","price":"\#(100 + number)","volume":"1","sequence":\#(number),"at":\#(begin + Int64(number))}"#
    }

    /// The beginning of a minute and a day, in both of which late ticks are still taken for a while.
    private static var begin: Int64 {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        return now / 60_000 * 60_000
    }

    private static func tell(_ server: ServerProcess, _ body: String) async throws -> Int {
        try await server.http("POST", "/api/v1/prices", body, token: feed).status
    }

    private static func tellEven(_ server: ServerProcess, _ count: Int, from begin: Int64) async throws {
        for number in stride(from: 0, to: count, by: 2) {
            #expect(try await tell(server, tick(number, from: begin)) == 200)
        }
    }

    /// All candles of the stretch that tests tell of, by the interval, added up.
    private static func total(
        _ server: ServerProcess, _ interval: String, from begin: Int64
    ) async throws -> (ticks: Int64, open: String?, close: String?) {
        let start = begin / 14_400_000 * 14_400_000
        let answer = try await server.http(
            "GET", "/api/v1/prices/A/candles?interval=\(interval)&from=\(start)", token: reader)
        let candles = answer.json?["candles"]?.array ?? []
        return (
            candles.compactMap { $0["ticks"]?.integer }.reduce(0, +), candles.first?["open"]?.string,
            candles.last?["close"]?.string
        )
    }

    /// Which of the servers makes candles; waits until one does.
    private static func maker(_ servers: [ServerProcess]) async throws -> Int {
        var makers: [Int] = []
        try await eventually("one makes candles") {
            makers = []
            for (place, server) in servers.enumerated() where server.isRunning {
                if try await server.metrics()("stoa_candle_maker") == 1 { makers.append(place) }
            }
            return makers.count == 1
        }
        return makers[0]
    }

    @Test("ticks of both are one candle, told at both in one order, with what a client has missed")
    func together() async throws {
        let service = try await SharedService([
            "metrics.listen": "127.0.0.1:0", "instance.lease_ms": "10000",
        ])
        let servers = service.servers
        let maker = try await SharedCandleTests.maker(servers)
        let clients = [try await service.client("u_ann", at: 0), try await service.client("u_bob", at: 1)]
        for client in clients { try await client.request("subscribe", SharedCandleTests.watching) }
        let begin = SharedCandleTests.begin - 60_000
        // Each at one of them, every fourth at both.
        for number in 0..<20 {
            let tick = SharedCandleTests.tick(number, from: begin)
            for place in number % 4 == 0 ? [0, 1] : [number % 2] {
                #expect(try await SharedCandleTests.tell(servers[place], tick) == 200)
            }
        }
        for client in clients {
            let last = try await client.push("candle_update") { $0["ticks"]?.integer == 20 }
            #expect(last["open"]?.string == "100" && last["close"]?.string == "119")
            #expect(last["low"]?.string == "100" && last["high"]?.string == "119")
            #expect(last["start"]?.integer == begin)
        }
        // What both heard is the same, offset by offset.
        let heard = clients.map { client in
            Dictionary(
                client.frames.compactMap { frame -> (Int64, String)? in
                    let value = try? JSONValue(parsing: Array(frame.utf8).span)
                    guard value?["type"]?.string == "candle_update" else { return nil }
                    return (value?["offset"]?.integer ?? 0, frame)
                }, uniquingKeysWith: { first, _ in first })
        }
        for (offset, frame) in heard[0] { #expect(heard[1][offset] == nil || heard[1][offset] == frame) }
        for server in servers {
            for interval in ["1m", "5m", "1h", "4h"] {
                try await eventually("the candle of \(interval) is stored") {
                    let total = try await SharedCandleTests.total(server, interval, from: begin)
                    return total == (20, "100", "119")
                }
            }
        }
        // A client that was at the maker goes on at the other one.
        let first = try #require(heard[maker].keys.min())
        let epoch = try #require(
            try await clients[maker].request("subscribe", SharedCandleTests.watching)["channels"]?[
                SharedCandleTests.channel]?["epoch"]?.string)
        clients[maker].cut()
        let back = try await service.client("u_cat", at: 1 - maker)
        let snapshot = try await back.request(
            "subscribe",
            SharedCandleTests.watching
                + #","since":{"candles:A:1m":{"epoch":"\#(epoch)","offset":\#(first)}}"#)
        let state = snapshot["channels"]?[SharedCandleTests.channel]
        #expect(state?["recovered"]?.bool == true)
        #expect(state?["values"]?["A"]?["ticks"]?.integer == 20)
    }

    @Test("the maker dies in the midst: the other one goes on, no tick is lost and none counts twice")
    func killed() async throws {
        let service = try await SharedService(["metrics.listen": "127.0.0.1:0"])
        let servers = service.servers
        let maker = try await SharedCandleTests.maker(servers)
        let client = try await service.client("u_ann", at: 1 - maker)
        try await client.request("subscribe", SharedCandleTests.watching)
        let begin = SharedCandleTests.begin - 60_000
        let count = 60
        // Both are told at a time, and the maker dies among them.
        async let others: Void = SharedCandleTests.tellEven(servers[1 - maker], count, from: begin)
        for number in stride(from: 1, to: count, by: 2) {
            let tick = SharedCandleTests.tick(number, from: begin)
            if number == count / 2 + 1 {
                // Somewhere between the tick and its answer.
                async let answer = SharedCandleTests.tell(servers[maker], tick)
                servers[maker].kill()
                _ = try? await answer
            }
            let isTaken =
                number < count / 2
                ? try await SharedCandleTests.tell(servers[maker], tick) == 200 : false
            // What is not known to be taken is told again, as itself.
            if !isTaken { #expect(try await SharedCandleTests.tell(servers[1 - maker], tick) == 200) }
        }
        try await others
        let last = try await client.push("candle_update") { $0["ticks"]?.integer == Int64(count) }
        #expect(last["open"]?.string == "100" && last["close"]?.string == "\(99 + count)")
        #expect(try await SharedCandleTests.maker(servers) == 1 - maker)
        for interval in ["1m", "5m", "15m", "1h", "4h"] {
            try await eventually("the candle of \(interval)") {
                let total = try await SharedCandleTests.total(servers[1 - maker], interval, from: begin)
                return total == (Int64(count), "100", "\(99 + count)")
            }
        }
    }

    @Test("where Redis is away candles are made of the ticks of both")
    func withoutRedis() async throws {
        let service = try await SharedService(["metrics.listen": "127.0.0.1:0"])
        let servers = service.servers
        let maker = try await SharedCandleTests.maker(servers)
        service.redis.kill()
        let begin = SharedCandleTests.begin - 60_000
        for number in 0..<6 {
            let tick = SharedCandleTests.tick(number, from: begin)
            #expect(try await SharedCandleTests.tell(servers[number % 2], tick) == 200)
        }
        try await eventually("all are in") {
            try await SharedCandleTests.total(servers[1 - maker], "1m", from: begin) == (6, "100", "105")
        }
        // Nobody can say whose turn it is; what is owed says that somebody has to.
        servers[maker].kill()
        #expect(
            try await SharedCandleTests.tell(servers[1 - maker], SharedCandleTests.tick(6, from: begin))
                == 200)
        try await eventually("the other one goes on", within: 60) {
            try await SharedCandleTests.total(servers[1 - maker], "1m", from: begin) == (7, "100", "106")
        }
    }

    @Test("a price that has become old is told once, whichever of the processes sees it")
    func stale() async throws {
        let service = try await SharedService(["prices.stale_ms": "1000"])
        let clients = [try await service.client("u_ann", at: 0), try await service.client("u_bob", at: 1)]
        for client in clients { try await client.request("subscribe", #""channels":["price:B"]"#) }
        for price in ["1", "2"] {
            #expect(
                try await SharedCandleTests.tell(
                    service.servers[0], #"{"symbol":"B","price":"\#(price)"}"#) == 200)
            for server in service.servers {
                try await eventually("both know that it is old") {
                    let answer = try await server.http(
                        "GET", "/api/v1/prices/B", token: SharedCandleTests.reader)
                    return answer.json?["price"]?.string == price
                        && answer.json?["confidence"]?.string == "stale"
                }
            }
        }
        #expect(
            try await SharedCandleTests.tell(service.servers[1], #"{"symbol":"B","price":"3"}"#) == 200)
        for client in clients {
            var heard: [String] = []
            while heard.last != "3 medium" {
                let update = try await client.push("price_update")
                heard.append("\(update["price"]?.string ?? "") \(update["confidence"]?.string ?? "")")
            }
            #expect(heard == ["1 medium", "1 stale", "2 medium", "2 stale", "3 medium"])
        }
    }

    @Test("made-up prices have one day behind them, whichever of two processes that begin together writes it")
    func made() async throws {
        let service = try await SharedService(["demo_prices": "true"])
        let hour: Int64 = 3_600_000
        let now = Int64(Date().timeIntervalSince1970 * 1000) / hour * hour
        // The hour before may have ended while they began.
        let path =
            "/api/v1/prices/DEMO-BTC/candles?interval=1h&from=\(now - 25 * hour)&to=\(now - hour)"
        for server in service.servers {
            try await eventually("whole hours of three ticks a minute", within: 150) {
                let answer = try await server.http("GET", path, token: SharedCandleTests.reader)
                let ticks = answer.json?["candles"]?.array?.compactMap { $0["ticks"]?.integer }
                return ticks == [Int64](repeating: 180, count: 24)
            }
        }
    }
}
