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
            "instance.lease_ms": "10000", "metrics.listen": "127.0.0.1:0", "prices.period_ms": "100",
            "prices.primary": "coingecko", "prices.primary_url": source.base,
            "prices.primary_ids": "BTC-USD=bitcoin", "prices.requests_per_minute": "0",
            "limits.tier_free": "1000000",
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
        var found: [Int] = []
        try await eventually("one asks") {
            found = try await askers()
            return found.count == 1
        }
        let (asking, other) = (servers[found[0]], servers[1 - found[0]])
        let client = try await TestClient(other, token: SourceBench.reader)
        try await client.request("subscribe", #""channels":["price:BTC-USD"]"#)
        _ = try await client.push("price_update") { $0["price"]?.string == "100" }
        source.set("bitcoin", "101")
        try await eventually("the other one knows the price") {
            let price = try await other.http("GET", "/api/v1/prices/BTC-USD", token: SourceBench.reader)
            return price.json?["price"]?.string == "101"
        }
        asking.kill()
        _ = await asking.exitStatus()
        source.set("bitcoin", "102")
        _ = try await client.push("price_update") { $0["price"]?.string == "102" }
        // The candle of the day goes on from what the other one saw.
        try await eventually("the candle goes on") {
            let candles = try await other.http(
                "GET", "/api/v1/prices/BTC-USD/candles?interval=1d&limit=1", token: SourceBench.reader)
            let candle = candles.json?["candles"]?[0]
            return candle?["open"]?.string == "100" && candle?["high"]?.string == "102"
        }
    }
}
