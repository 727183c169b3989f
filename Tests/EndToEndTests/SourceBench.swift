import JSON
import StoaTesting

/// A server with two sources of prices.
final class SourceBench: Sendable {
    static let reader = ServerProcess.token("u_ann")

    let primary: SourceFixture
    let secondary: SourceFixture
    let server: ServerProcess

    /// - Parameters:
    ///   - first: The primary's price of BTC-USD, as JSON; nil for none.
    ///   - second: The secondary's.
    init(_ first: String?, _ second: String?, _ settings: [String: String] = [:]) async throws {
        primary = try SourceFixture(.coingecko, first.map { ["bitcoin": $0] } ?? [:])
        secondary = try SourceFixture(.coinmarketcap, second.map { ["1": $0] } ?? [:])
        var all = [
            "prices.primary": "coingecko", "prices.primary_url": primary.base,
            "prices.primary_ids": "BTC-USD=bitcoin", "prices.primary_key": "cg-key",
            "prices.secondary": "coinmarketcap", "prices.secondary_url": secondary.base,
            "prices.secondary_ids": "BTC-USD=1", "prices.secondary_key": "cmc-key",
            "prices.period_ms": "50", "metrics.listen": "127.0.0.1:0",
            "limits.tier_free": "1000000", "prices.requests_per_minute": "0", "prices.timeout_ms": "15000",
        ]
        all.merge(settings) { $1 }
        server = try await ServerProcess(all)
    }

    /// Somebody who listens to a symbol.
    func listener(_ channel: String = "price:BTC-USD") async throws -> TestClient {
        let client = try await TestClient(server, token: SourceBench.reader)
        try await client.request("subscribe", "\"channels\":[\"\(channel)\"]")
        return client
    }

    /// The next update that is as confident as this.
    func update(_ client: TestClient, _ confidence: String) async throws -> JSONValue {
        try await client.push("price_update") { $0["confidence"]?.string == confidence }
    }

    func get(_ path: String) async throws -> HTTPAnswer {
        try await server.http("GET", path, token: SourceBench.reader)
    }

    /// A figure of the server's metrics.
    func figure(_ name: String) async throws -> Int {
        Int(try await server.metrics()(name))
    }

    /// Waits until so many further rounds have begun and ended.
    func rounds(_ count: Int) async throws {
        let start = try await figure("stoa_price_rounds_total")
        try await eventually("\(count) rounds") {
            try await self.figure("stoa_price_rounds_total") >= start + count
        }
    }
}
