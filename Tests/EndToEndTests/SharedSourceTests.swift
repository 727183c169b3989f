import JSON
import StoaTesting
import Testing

@Suite("Sources of prices that several servers have in common (Decision 0012)")
struct SharedSourceTests {
    @Test("one of two servers asks; the other tells and knows its prices, and goes on when it dies")
    func oneAsks() async throws {
        let (postgres, redis) = (try await PostgresProcess(), try await RedisProcess())
        let source = try SourceFixture(.coingecko, ["bitcoin": "100"])
        let settings = [
            "loops": "2", "store.postgres": postgres.connection(), "broker.redis": redis.address,
            "instance.lease_ms": "3000", "metrics.listen": "127.0.0.1:0", "prices.period_ms": "100",
            "prices.primary": "coingecko", "prices.primary_url": source.base,
            "prices.primary_ids": "BTC-USD=bitcoin", "prices.requests_per_minute": "0",
        ]
        var servers: [ServerProcess] = []
        for place in 0..<2 {
            servers.append(
                try await ServerProcess(settings.merging(["instance.id": "i_\(place)"]) { $1 }))
        }
        let askers = { () async throws -> [Int] in
            var askers: [Int] = []
            for (place, server) in servers.enumerated() where server.isRunning {
                if try await server.metrics()("stoa_price_asker") == 1 { askers.append(place) }
            }
            return askers
        }
        let bench = SharedSourceBench()
        try await bench.until { try await askers().count == 1 }
        let first = try #require(try await askers().first)
        let (asking, other) = (servers[first], servers[1 - first])
        let client = try await TestClient(other, token: SourceBench.reader)
        try await client.request("subscribe", #""channels":["price:BTC-USD"]"#)
        _ = try await client.push("price_update") { $0["price"]?.string == "100" }
        source.set("bitcoin", "101")
        try await bench.until {
            let price = try await other.http("GET", "/api/v1/prices/BTC-USD", token: SourceBench.reader)
            return price.json?["price"]?.string == "101"
        }
        asking.kill()
        _ = await asking.exitStatus()
        source.set("bitcoin", "102")
        _ = try await client.push("price_update", within: 30) { $0["price"]?.string == "102" }
        // The candle of the day goes on from what the other one saw.
        try await bench.until {
            let candles = try await other.http(
                "GET", "/api/v1/prices/BTC-USD/candles?interval=1d&limit=1", token: SourceBench.reader)
            let candle = candles.json?["candles"]?[0]
            return candle?["open"]?.string == "100" && candle?["high"]?.string == "102"
        }
    }
}

/// Waits for what comes by itself.
struct SharedSourceBench {
    func until(within seconds: Double = 30, _ holds: () async throws -> Bool) async throws {
        for _ in 0..<Int(seconds * 20) {
            if try await holds() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw TestFailure("not in time")
    }
}
