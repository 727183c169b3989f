import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Candles over the wire (B5)")
struct CandleTests {
    private static let minute: Int64 = 60_000

    /// The beginning of a minute that is over, and whose late ticks are still taken.
    private static var begin: Int64 {
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        return now / minute * minute - minute
    }

    private static func tick(_ price: String, _ at: Int64, volume: String? = nil) -> String {
        let rest = volume.map { #","volume":"\#($0)""# } ?? ""
        return #"{"symbol":"A","price":"\#(price)","at":\#(at)\#(rest)}"#
    }

    private static func candles(_ server: ServerProcess, _ query: String) async throws -> [JSONValue] {
        let answer = try await server.http(
            "GET", "/api/v1/prices/A/candles?\(query)", token: PriceTests.reader)
        return try #require(answer.json?["candles"]?.array, "\(answer.text)")
    }

    @Test("late ticks within the window find their place; a restart goes on where it was; repeats count once")
    func lateAndRestarted() async throws {
        let server = try await ServerProcess()
        let begin = CandleTests.begin
        let ticks = [
            CandleTests.tick("5", begin + 30_000, volume: "2"), CandleTests.tick("7", begin + 40_000),
            CandleTests.tick("3", begin + 1000, volume: "1"),
            CandleTests.tick("9", begin + 20_000, volume: "0.5"),
            CandleTests.tick("6", begin + CandleTests.minute + 1),
        ]
        for _ in 0..<2 {
            try await PriceTests.tell(server, "[\(ticks.joined(separator: ","))]")
            let all = try await CandleTests.candles(server, "interval=1m&from=\(begin)")
            #expect(all.count == 2)
            let first = try #require(all.first)
            #expect(first["start"]?.integer == begin && first["ticks"]?.integer == 4)
            #expect(first["open"]?.string == "3" && first["close"]?.string == "7")
            #expect(first["high"]?.string == "9" && first["low"]?.string == "3")
            #expect(first["average_volume"]?.string == "1.166666666666666667")
            server.kill()
            _ = await server.exitStatus()
            try await server.start()
        }
        let hour = try await CandleTests.candles(server, "interval=1h")
        #expect(hour.compactMap { $0["ticks"]?.integer }.reduce(0, +) == 5)
        let csv = try await server.http(
            "GET", "/api/v1/prices/A/candles?interval=1m&from=\(begin)&to=\(begin + 1)&format=csv",
            token: PriceTests.reader)
        #expect(
            csv.text == "start,open,high,low,close,average_volume,ticks\r\n"
                + "\(begin),3,9,3,7,1.166666666666666667,4\r\n")
    }

    @Test("what was not written of a longer candle at an end without warning is made of the shorter ones")
    func killed() async throws {
        let server = try await ServerProcess()
        let now = Int64(Date().timeIntervalSince1970 * 1000)
        let past = (now - 7_200_000) / 3_600_000 * 3_600_000
        // Longer ones are written at once, and then a second later.
        try await PriceTests.tell(server, CandleTests.tick("5", past))
        try await PriceTests.tell(server, CandleTests.tick("7", past + 1000, volume: "3"))
        try await PriceTests.tell(server, CandleTests.tick("4", past + 2 * CandleTests.minute))
        server.kill()
        _ = await server.exitStatus()
        try await server.start()
        // Long after: no tick changes them any more.
        try await PriceTests.tell(server, CandleTests.tick("9", now))
        server.kill()
        _ = await server.exitStatus()
        try await server.start()
        for interval in ["5m", "15m", "1h"] {
            let candle = try #require(
                try await CandleTests.candles(server, "interval=\(interval)&from=\(past)").first)
            #expect(candle["ticks"]?.integer == 3, "\(interval)")
            #expect(candle["high"]?.string == "7" && candle["close"]?.string == "4")
            #expect(candle["average_volume"]?.string == "3")
        }
    }

    @Test("a candle's channel says where it stands, and each change")
    func live() async throws {
        let server = try await ServerProcess()
        let begin = CandleTests.begin
        try await PriceTests.tell(server, CandleTests.tick("5", begin))
        let client = try await TestClient(server, token: PriceTests.reader)
        try await client.request("subscribe", #""channels":["candles:A:1m"]"#)
        let first = try await client.push("candle_update")
        #expect(first["channel"]?.string == "candles:A:1m" && first["symbol"]?.string == "A")
        #expect(first["interval"]?.string == "1m" && first["start"]?.integer == begin)
        #expect(first["close"]?.string == "5")
        try await PriceTests.tell(server, CandleTests.tick("8", begin + 1))
        let second = try await client.push("candle_update")
        #expect(second["high"]?.string == "8" && second["ticks"]?.integer == 2)
        let other = try await TestClient(server, token: PriceTests.reader)
        let snapshot = try await other.request("subscribe", #""channels":["candles:A:1m"]"#)
        #expect(snapshot["channels"]?["candles:A:1m"]?["values"]?["A"]?["ticks"]?.integer == 2)
    }

    @Test(
        "candles are told on for a while when nobody listens; who comes back later has a gap, and no old candle"
    )
    func unheard() async throws {
        let server = try await ServerProcess(["topics.idle_ms": "1000", "metrics.listen": "127.0.0.1:0"])
        let begin = CandleTests.begin
        try await PriceTests.tell(server, CandleTests.tick("5", begin))
        let first = try await TestClient(server, token: PriceTests.reader)
        let joined = try await first.request("subscribe", #""channels":["candles:A:1m"]"#)
        let epoch = try #require(joined["channels"]?["candles:A:1m"]?["epoch"]?.string)
        let update = try await first.push("candle_update")
        let offset = try #require(update["offset"]?.integer)
        first.close()
        // What is left is the price.
        try await eventually("the channel is forgotten") {
            try await server.metrics()(#"stoa_topics{kind="topic"}"#) == 1
        }
        try await PriceTests.tell(server, CandleTests.tick("8", begin + 1))
        let second = try await TestClient(server, token: PriceTests.reader)
        let since = #""since":{"candles:A:1m":{"epoch":"\#(epoch)","offset":\#(offset)}}"#
        let snapshot = try await second.request("subscribe", #""channels":["candles:A:1m"],\#(since)"#)
        let channel = snapshot["channels"]?["candles:A:1m"]
        #expect(channel?["recovered"]?.bool == false && channel?["values"] == nil)
        #expect(try await second.push("gap")["reason"]?.string == "epoch")
        #expect(try await second.push("candle_update")["ticks"]?.integer == 2)
    }

    @Test(
        "what is no channel of candles, and no interval, is refused",
        arguments: ["candles:A:2m", "candles:A", "candles:*", "candles:A:1m*", "candles:a b:1m"])
    func refused(channel: String) async throws {
        let server = try await ServerProcess()
        let client = try await TestClient(server, token: PriceTests.reader)
        let refused = await #expect(throws: Refused.self) {
            try await client.request("subscribe", #""channels":["\#(channel)"]"#)
        }
        #expect(refused?.code == "invalid_field")
        #expect(refused?.description.contains("1m, 5m, 15m, 1h, 4h, 1d") == true)
        let answer = try await server.http(
            "GET", "/api/v1/prices/A/candles?interval=2m", token: PriceTests.reader)
        #expect(answer.json?["field"]?.string == "interval")
    }
}
