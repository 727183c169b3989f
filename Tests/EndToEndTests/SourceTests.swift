import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Sources of prices (B1 to B3)")
struct SourceTests {
    // MARK: B2, row by row

    @Test("both agree, sampled: the primary's price, high")
    func sampled() async throws {
        let bench = try await SourceBench("100", "105")
        let client = try await bench.listener()
        let update = try await bench.update(client, "high")
        #expect(update["price"]?.string == "100" && update["source"]?.string == "coingecko")
        #expect(update["volume"]?.string == "31260929299.5248")
        let head = try #require(bench.primary.requests.first?.lowercased())
        #expect(head.contains("x-cg-demo-api-key: cg-key"))
        #expect(bench.secondary.requests.first?.lowercased().contains("x-cmc_pro_api_key: cmc-key") == true)
        // What is told is history, and newest price, as a feed's is.
        try await eventually("the tick is history") {
            let ticks = try await bench.get("/api/v1/prices/BTC-USD/ticks?limit=1")
            return ticks.json?["ticks"]?[0]?["source"]?.string == "coingecko"
        }
        let price = try await bench.get("/api/v1/prices/BTC-USD")
        #expect(price.json?["confidence"]?.string == "high")
    }

    @Test("both agree, all compared: the mean, half to even at the 18th place, high")
    func mean() async throws {
        let bench = try await SourceBench(
            "1.000000000000000001", "1.000000000000000002", ["prices.cross_check": "all"])
        let update = try await bench.update(try await bench.listener(), "high")
        #expect(update["price"]?.string == "1.000000000000000002")
        #expect(update["source"] == nil)
    }

    @Test("more than 5 % apart: the primary's, low, and an anomaly is told and kept")
    func apart() async throws {
        let bench = try await SourceBench("100", "105.01")
        let client = try await bench.listener()
        let watcher = try await bench.listener("anomalies")
        #expect(try await bench.update(client, "low")["price"]?.string == "100")
        let anomaly = try await watcher.push("anomaly")
        #expect(anomaly["symbol"]?.string == "BTC-USD" && anomaly["percent"]?.string == "5.01")
        #expect(anomaly["channel"]?.string == "anomalies" && anomaly["offset"]?.integer != nil)
        bench.primary.fail(.status(500))
        bench.secondary.fail(.status(500))
        bench.server.kill()
        _ = await bench.server.exitStatus()
        try await bench.server.start()
        let kept = try await bench.get("/api/v1/prices/anomalies?symbol=BTC-USD&limit=1")
        let first = kept.json?["anomalies"]?[0]
        #expect(first?["primary"]?.string == "100" && first?["secondary_source"]?.string == "coinmarketcap")
        #expect(try await bench.get("/api/v1/prices/anomalies?symbol=ETH").json?["anomalies"]?.array == [])
        #expect(try await bench.get("/api/v1/prices/anomalies?symbol=a%20b").code == "invalid_field")
    }

    @Test("anomalies come in pages")
    func pages() async throws {
        let bench = try await SourceBench("100", "200")
        try await eventually("five anomalies") {
            try await bench.figure("stoa_price_anomalies_total") >= 5
        }
        var times: [Int64] = []
        var cursor = ""
        for _ in 0..<4 {
            let page = try await bench.get("/api/v1/prices/anomalies?limit=1\(cursor)")
            times.append(try #require(page.json?["anomalies"]?[0]?["at"]?.integer))
            cursor = try "&cursor=" + #require(page.json?["next"]?.string)
        }
        #expect(times == times.sorted() && Set(times).count == 4)
    }

    @Test(
        "one source only: its price, medium",
        arguments: ["null", "0", "-1", "\"soon\"", "{}", "1e18", "1e-19"])
    func primaryFails(_ nonsense: String) async throws {
        let bench = try await SourceBench(nonsense, "1.5e-7")
        let update = try await bench.update(try await bench.listener(), "medium")
        #expect(update["price"]?.string == "0.00000015" && update["source"]?.string == "coinmarketcap")
    }

    @Test("one source only: its price, medium, where the other one fails")
    func secondaryFails() async throws {
        let bench = try await SourceBench("6.4e4", nil)
        let update = try await bench.update(try await bench.listener(), "medium")
        #expect(update["price"]?.string == "64000" && update["source"]?.string == "coingecko")
    }

    @Test("none: the last price, stale, with its age; a new one ends that")
    func none() async throws {
        let bench = try await SourceBench("100", nil, ["prices.rest_ms": "50"])
        let client = try await bench.listener()
        let last = try await bench.update(client, "medium")
        bench.primary.fail(.nonsense)
        let stale = try await bench.update(client, "stale")
        #expect(stale["price"]?.string == "100")
        #expect(try #require(stale["at"]?.integer) >= #require(last["at"]?.integer))
        #expect(try #require(stale["age_ms"]?.integer) >= 0)
        #expect(try await bench.get("/api/v1/prices/BTC-USD").json?["confidence"]?.string == "stale")
        bench.primary.set("bitcoin", "101")
        bench.primary.fail(nil)
        _ = try await client.push("price_update") { $0["price"]?.string == "101" }
    }

    @Test("nothing known at all: no price")
    func unknown() async throws {
        let bench = try await SourceBench(nil, nil)
        try await bench.rounds(3)
        #expect(try await bench.get("/api/v1/prices/BTC-USD").code == "price_unavailable")
    }

    // MARK: Faults

    @Test(
        "a source that does not answer as it should is one that failed",
        arguments: ["500", "slow", "cut", "nonsense"])
    func faults(_ name: String) async throws {
        let bench = try await SourceBench("100", "104", ["prices.timeout_ms": "3000"])
        let client = try await bench.listener()
        _ = try await bench.update(client, "high")
        let faults: [String: SourceFixture.Fault] = [
            "500": .status(500), "slow": .slow, "cut": .cut, "nonsense": .nonsense,
        ]
        bench.primary.fail(faults[name])
        let update = try await client.push("price_update") { $0["source"]?.string == "coinmarketcap" }
        #expect(update["price"]?.string == "104" && update["confidence"]?.string == "medium")
        let failed = #"stoa_price_source_requests_total{source="coingecko",outcome="failed"}"#
        #expect(try await bench.figure(failed) > 0)
    }

    @Test("a symbol that a source does not know fails alone")
    func missing() async throws {
        let bench = try await SourceBench(
            "100", nil, ["prices.primary_ids": "BTC-USD=bitcoin,ETH-USD=ethereum"])
        let client = try await bench.listener("price:*")
        #expect(try await bench.update(client, "medium")["symbol"]?.string == "BTC-USD")
        #expect(try await bench.get("/api/v1/prices/ETH-USD").code == "price_unavailable")
    }

    @Test("five failures in a row spare a source (B3)")
    func breaker() async throws {
        let bench = try await SourceBench("100", "100", ["prices.rest_ms": "3600000"])
        bench.primary.fail(.status(500))
        let before = bench.primary.requests.count
        let spared = #"stoa_price_source_spared{source="coingecko"}"#
        try await eventually("it is spared") { try await bench.figure(spared) == 1 }
        let asked = bench.primary.requests.count
        // A question may have been read before the fault and answered with it, or the other way round.
        #expect((4...6).contains(asked - before))
        bench.primary.fail(nil)
        try await bench.rounds(5)
        #expect(bench.primary.requests.count == asked)
    }

    @Test("a trial after the rest brings a source back (B3)")
    func trial() async throws {
        let bench = try await SourceBench("100", nil, ["prices.rest_ms": "300"])
        let client = try await bench.listener()
        _ = try await bench.update(client, "medium")
        bench.primary.fail(.status(503))
        _ = try await bench.update(client, "stale")
        try await eventually("it is spared") {
            try await bench.figure(#"stoa_price_source_spared{source="coingecko"}"#) == 1
        }
        bench.primary.fail(nil)
        _ = try await client.push("price_update") { $0["confidence"]?.string == "medium" }
    }

    @Test("Retry-After is kept to")
    func retryAfter() async throws {
        let bench = try await SourceBench("100", "100")
        bench.primary.fail(.status(429, ["Retry-After": "1800"]))
        let limited = #"stoa_price_source_requests_total{source="coingecko",outcome="limited"}"#
        try await eventually("it is limited") { try await bench.figure(limited) == 1 }
        let asked = bench.primary.requests.count
        bench.primary.fail(nil)
        try await bench.rounds(5)
        #expect(bench.primary.requests.count == asked)
    }

    @Test("no more questions in a minute than the plan allows; what waits longer than a round is left out")
    func plan() async throws {
        let bench = try await SourceBench("100", nil, ["prices.requests_per_minute": "2"])
        try await bench.rounds(6)
        #expect(bench.primary.requests.count == 2)
    }

    @Test("a hundred symbols are one question, and a tenth of them is compared in each round, in turn")
    func batches() async throws {
        let names = (0..<150).map { String(format: "A%03d", $0) }
        let bench = try await SourceBench(
            nil, nil,
            [
                "prices.primary_ids": names.map { "\($0)=\($0)" }.joined(separator: ","),
                "prices.secondary_ids": names.enumerated().map { "\($1)=\($0)" }.joined(separator: ","),
                // Until they have prices they have failed.
                "prices.period_ms": "400", "prices.rest_ms": "100",
            ])
        for name in names { bench.primary.set(name, "1") }
        for index in names.indices { bench.secondary.set("\(index)", "1") }
        try await eventually("all have prices") {
            try await bench.get("/api/v1/prices").json?["prices"]?.array?.count == 150
        }
        func asked(_ fixture: SourceFixture, _ item: String) -> [Int] {
            fixture.requests.compactMap { request in
                let query = request.components(separatedBy: item).dropFirst().first
                return query?.components(separatedBy: "&").first?.components(separatedBy: "%2C").count
            }
        }
        let counts = asked(bench.primary, "?ids=")
        #expect(counts.prefix(2) == [100, 50])
        try await eventually("a tenth is compared") { asked(bench.secondary, "?id=").contains(15) }
    }
}
