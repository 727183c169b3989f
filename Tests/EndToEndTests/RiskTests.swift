import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Risk (B8)")
struct RiskTests {
    private static let analyst = ServerProcess.token("analyst", publish: ["risk:*"])

    private static func give(_ server: ServerProcess, _ body: String) async throws -> HTTPAnswer {
        try await server.http("PUT", "/api/v1/risk/A", body, token: analyst)
    }

    private static func read(_ server: ServerProcess) async throws -> HTTPAnswer {
        try await server.http("GET", "/api/v1/risk/A", token: PriceTests.reader)
    }

    @Test("volatility is that of our own daily candles where none is given; what is given comes first")
    func candles() async throws {
        let server = try await ServerProcess(["limits.tier_free": "1000000"])
        let day: Int64 = 86_400_000
        let today = Int64(Date().timeIntervalSince1970 * 1000) / day
        // Thirty-one days, so thirty changes, and today, which is not over.
        let ticks = (0...31).map { number in
            let at = number == 31 ? today * day : (today - 31 + Int64(number)) * day + 1
            return #"{"symbol":"A","price":"\#(number == 31 ? 900 : 100)","at":\#(at)}"#
        }
        try await PriceTests.tell(server, "[\(ticks.joined(separator: ","))]")
        _ = try await RiskTests.give(server, #"{"market_cap":"1e9","volume":"5e7","sentiment":"50"}"#)
        try await eventually("the candles' volatility") {
            try await RiskTests.read(server).json?["volatility"]?.string == "0"
        }
        let risk = try await RiskTests.read(server).json
        #expect(risk?["sources"]?["volatility"]?.string == "candles")
        #expect(risk?["breakdown"]?["volatility"]?.string == "20")
        #expect(risk?["assumed"]?.array?.compactMap(\.string) == ["whales"])
        // Until what it is made of changes it is the same score.
        #expect(try await RiskTests.read(server).json?["at"]?.integer == risk?["at"]?.integer)
        let given = try await RiskTests.give(
            server, #"{"market_cap":1000000000,"volume":5e7,"volatility":20}"#)
        #expect(given.json?["breakdown"]?["volatility"]?.string == "95")
        #expect(try await RiskTests.read(server).json?["sources"]?["volatility"]?.string == "given")
    }

    @Test("bad inputs are refused by field, and change nothing")
    func refused() async throws {
        let server = try await ServerProcess()
        let good = #"{"market_cap":"1","volatility":"1","volume":"1"}"#
        let before = try await RiskTests.give(server, good).json?["score"]?.integer
        for (body, field) in [
            (#"{"market_cap":"x"}"#, "market_cap"), (#"{"volume":-1}"#, "volume"),
            (#"{"volatility":true}"#, "volatility"), (#"{"sentiment":101}"#, "sentiment"),
            (#"{"top_holders":"100.000000000000000001"}"#, "top_holders"), (#"{"contract":7}"#, "contract"),
            (#"{"contract":"good"}"#, "contract"), (#"{"contract":"audited"}"#, "audit_score"),
            (#"{"contract":"none","audit_score":1}"#, "audit_score"), (#"{"audit_score":-1}"#, "audit_score"),
        ] {
            let answer = try await RiskTests.give(server, body)
            #expect(answer.code == "invalid_field" && answer.json?["field"]?.string == field, "\(body)")
        }
        #expect(try await RiskTests.give(server, "[]").code == "invalid_message")
        #expect(try await RiskTests.read(server).json?["score"]?.integer == before)
    }

    @Test("a score is there after a restart, and shown to who subscribes")
    func restart() async throws {
        let server = try await ServerProcess(["limits.tier_free": "1000000"])
        let given = try await RiskTests.give(server, #"{"market_cap":"1","volatility":"1","volume":"1"}"#)
        server.kill()
        _ = await server.exitStatus()
        try await server.start()
        #expect(try await RiskTests.read(server).json?["score"] == given.json?["score"])
        try await eventually("the score is shown") {
            let client = try await TestClient(server, token: PriceTests.reader)
            let snapshot = try await client.request("subscribe", #""channels":["risk:*"]"#)
            return snapshot["channels"]?["risk:A"]?["values"]?["A"]?["score"] == given.json?["score"]
        }
    }

    @Test("a score that crosses somebody's threshold fires their alert (B6)")
    func alerts() async throws {
        let server = try await ServerProcess()
        let alert = try await server.http(
            "POST", "/api/v1/alerts", #"{"kind":"risk_score","symbol":"A","operator":">=","value":"50"}"#,
            token: PriceTests.reader)
        #expect(alert.status == 201, "\(alert.text)")
        let client = try await TestClient(server, token: PriceTests.reader)
        _ = try await RiskTests.give(server, #"{"market_cap":"1e11","volatility":"1","volume":"1e11"}"#)
        _ = try await RiskTests.give(server, #"{"market_cap":"1","volatility":"99","volume":"0"}"#)
        let fired = try await client.push("alert_triggered", within: 20)
        #expect(fired["symbol"]?.string == "A", "\(fired)")
    }

    @Test("sources that say so give market capitalisation and volume, and their change is told")
    func sources() async throws {
        let bench = try await SourceBench("100", "100", ["prices.risk_ms": "200"])
        let client = try await bench.listener("risk:BTC-USD")
        let body = #"{"volatility":"7","contract":"none"}"#
        _ = try await bench.server.http("PUT", "/api/v1/risk/BTC-USD", body, token: RiskTests.analyst)
        let update = try await client.push("risk_update")
        #expect(update["breakdown"]?["market_cap"]?.string == "10")
        #expect(update["breakdown"]?["liquidity"]?.string == "60")
        #expect(update["sources"]?["market_cap"]?.string == "coingecko")
        #expect(update["score"]?.integer == 34)
    }
}
