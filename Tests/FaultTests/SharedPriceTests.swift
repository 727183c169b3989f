import JSON
import StoaTesting
import Testing

@Suite("Prices of several processes", .timeLimit(.minutes(4)))
struct SharedPriceTests {
    private static let feed = ServerProcess.token("feed", publish: ["price:*"])

    private static func tell(_ server: ServerProcess, _ price: Int) async throws {
        let answer = try await server.http(
            "POST", "/api/v1/prices", #"{"symbol":"A","price":"\#(price)"}"#, token: feed)
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test("what one process is told is heard at all, at one position, and found at Redis for a minute")
    func everywhere() async throws {
        let service = try await SharedService()
        let here = try await service.client("u_ann", at: 0)
        let there = try await service.client("u_bob", at: 1)
        let channels = #""channels":["price:A"]"#
        try await here.request("subscribe", channels)
        let begun = try await there.request("subscribe", channels)
        let epoch = try #require(begun["channels"]?["price:A"]?["epoch"]?.string)
        for price in 1...3 { try await SharedPriceTests.tell(service.servers[0], price) }
        for client in [here, there] {
            for price in 1...3 {
                let update = try await client.push("price_update")
                #expect(update["price"]?.string == "\(price)" && update["offset"]?.integer == Int64(price))
                #expect(update["symbol"]?.string == "A" && update["data"] == nil)
            }
        }
        let kept = try await service.redis.command("GET", "price:A")
        #expect(try JSONValue(parsing: Array(kept.utf8).span)["price"]?.string == "3")
        let life = Int(try await service.redis.command("PTTL", "price:A").filter(\.isNumber)) ?? 0
        #expect((1...60_000).contains(life))
        // Who was at one process goes on at the other.
        here.cut()
        let back = try await service.client("u_ann", at: 1)
        let snapshot = try await back.request(
            "subscribe", channels + #","since":{"price:A":{"epoch":"\#(epoch)","offset":1}}"#)
        #expect(snapshot["channels"]?["price:A"]?["recovered"]?.bool == true)
        #expect(snapshot["channels"]?["price:A"]?["values"]?["A"]?["price"]?.string == "3")
        for price in 2...3 { #expect(try await back.push("price_update")["price"]?.string == "\(price)") }
        // What is no price of ours goes to nobody.
        try await service.redis.command("PUBLISH", "price:A", #"{"price":"666"}"#)
        try await SharedPriceTests.tell(service.servers[1], 4)
        #expect(try await back.push("price_update")["price"]?.string == "4")
        #expect(back.log.allSatisfy { $0["type"]?.string != "publication" })
    }

    @Test("while Redis is away prices are kept, and heard again when it is back")
    func away() async throws {
        let service = try await SharedService()
        let client = try await service.client("u_ann", at: 0)
        try await client.request("subscribe", #""channels":["price:A"]"#)
        try await SharedPriceTests.tell(service.servers[0], 1)
        #expect(try await client.push("price_update")["price"]?.string == "1")
        service.redis.kill()
        try await SharedPriceTests.tell(service.servers[0], 2)
        let read = try await service.servers[0].http(
            "GET", "/api/v1/prices/A", token: ServerProcess.token("u_ann"))
        #expect(read.json?["price"]?.string == "2")
        try await service.redis.start()
        try await eventually("a price is heard", within: 20) {
            try await SharedPriceTests.tell(service.servers[0], 3)
            let heard = try await client.drain()
            return heard.contains { $0["price"]?.string == "3" }
        }
    }
}
