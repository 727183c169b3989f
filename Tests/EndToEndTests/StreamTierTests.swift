import JSON
import StoaTesting
import Testing

@Suite("Tiers over streams (B10)")
struct StreamTierTests {
    private static let ann = ServerProcess.token("u_ann")

    @Test(
        "each wish for prices counts as a request, whatever it is asked over; what is told on them never does"
    )
    func counted() async throws {
        let server = try await ServerProcess([
            "limits.tier_free": "4", "limits.upgrade_url": "https://stoa.example/plans",
        ])
        let client = try await TestClient(server, token: Self.ann)
        // One for all of its channels; leaderboards and the like are no data, nor is what is refused.
        try await client.request("subscribe", #""channels":["price:A","price:B","risk:A"]"#, within: 30)
        try await client.request("subscribe", #""channels":["leaderboard:global","me"]"#, within: 30)
        await #expect(throws: Refused.self) {
            try await client.request("subscribe", #""channels":["portfolio:none"]"#, within: 30)
        }
        let poll = try await server.http(
            "GET", "/api/v1/stream/poll?channel=price:A&wait_ms=0", token: Self.ann)
        #expect(poll.status == 200 && poll.headers["ratelimit"]?.hasPrefix(#""free";r=2;t="#) == true)
        #expect(try await server.http("GET", "/api/v1/prices", token: Self.ann).status == 200)
        let topics = try await server.http(
            "GET", "/api/v1/stream/poll?channel=leaderboard:global&wait_ms=0", token: Self.ann)
        #expect(topics.status == 200 && topics.headers["ratelimit"] == nil)
        let events = try RawConnection(port: server.port)
        events.send(
            "GET /api/v1/stream?channel=price:A HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(Self.ann)\r\n\r\n"
        )
        let opening = try await events.receive(within: 30) { bytes, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            return text.contains("snapshot") ? text : nil
        }
        #expect(opening.contains(#"ratelimit: "free";r=0;t="#))
        let refused = await #expect(throws: Refused.self) {
            try await client.request("subscribe", #""channels":["candles:A:1m"]"#, within: 30)
        }
        let error = try #require(refused?.reply)
        #expect(error["code"]?.string == "rate_limited" && (error["retry_after_ms"]?.integer ?? 0) > 0)
        let details = error["details"]
        #expect(details?["tier"]?.string == "free" && details?["limit"]?.integer == 4)
        #expect(details?["upgrade_url"]?.string == "https://stoa.example/plans")
        #expect(details?["reset_at"]?.integer != nil)
        for path in ["/api/v1/stream/poll?channel=price:A", "/api/v1/stream?channel=price:A"] {
            let answer = try await server.http("GET", path, token: Self.ann)
            #expect(answer.status == 429 && answer.code == "rate_limited")
            #expect(answer.headers["retry-after"] != nil && answer.headers["ratelimit"] != nil)
        }
        // Who goes on from a place asks for nothing new: the next long poll, a stream or a subscription that comes back.
        let place = try #require(poll.json?["next"]?.string)
        for _ in 0..<3 {
            let answer = try await server.http(
                "GET", "/api/v1/stream/poll?channel=price:A&wait_ms=0&after=\(place)", token: Self.ann)
            #expect(answer.status == 200 && answer.json?["next"]?.string == place)
        }
        let other = try await server.http(
            "GET", "/api/v1/stream/poll?channel=price:A&channel=price:B&wait_ms=0&after=\(place)",
            token: Self.ann)
        #expect(other.status == 429)
        let position = try #require(poll.json?["messages"]?.array?.first?["channels"]?["price:A"])
        let epoch = try #require(position["epoch"]?.string)
        let again = try await TestClient(server, token: Self.ann)
        let since = #""since":{"price:A":{"epoch":"\#(epoch)","offset":0}}"#
        try await again.request("subscribe", #""channels":["price:A"],\#(since)"#, within: 30)
        await #expect(throws: Refused.self) {
            try await again.request("subscribe", #""channels":["price:A","price:C"],\#(since)"#, within: 30)
        }
        // And who has used it up still hears what they asked for before.
        try await PriceTests.tell(server, #"{"symbol":"B","price":"5"}"#)
        #expect(try await client.push("price_update", within: 30)["symbol"]?.string == "B")
    }
}
