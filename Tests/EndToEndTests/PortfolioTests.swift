import JSON
import StoaTesting
import Testing

@Suite("Portfolios (B7)")
struct PortfolioTests {
    private static let ann = ServerProcess.token("u_ann")
    private static let bob = ServerProcess.token("u_bob")

    private static func make(_ server: ServerProcess, _ holdings: String = #"{"A":"2"}"#) async throws
        -> String
    {
        let answer = try await server.http(
            "POST", "/api/v1/portfolios", #"{"name":"Main","holdings":\#(holdings)}"#, token: ann)
        guard let id = answer.json?["id"]?.string else { throw TestFailure(answer.text) }
        return id
    }

    private static func watch(_ server: ServerProcess, _ id: String, as token: String) async throws
        -> TestClient
    {
        let client = try await TestClient(server, token: token)
        try await client.request("subscribe", "\"channels\":[\"portfolio:\(id)\"]")
        return client
    }

    @Test("bounds have a number each")
    func bounds() async throws {
        let server = try await ServerProcess([
            "portfolios.per_person": "1", "portfolios.holdings": "1", "portfolios.shares": "1",
        ])
        let id = try await PortfolioTests.make(server)
        let path = "/api/v1/portfolios/\(id)"
        let second = try await server.http(
            "POST", "/api/v1/portfolios", #"{"name":"Second"}"#, token: PortfolioTests.ann)
        #expect(second.status == 409 && second.code == "conflict")
        let held = try await server.http(
            "PUT", path + "/holdings/B", #"{"amount":1}"#, token: PortfolioTests.ann)
        #expect(held.status == 409)
        _ = try await server.http("PUT", path + "/shares/u_bob", token: PortfolioTests.ann)
        #expect(try await server.http("PUT", path + "/shares/u_cat", token: PortfolioTests.ann).status == 409)
        let many = try await server.http(
            "POST", "/api/v1/portfolios", #"{"name":"x","holdings":{"A":1,"B":2}}"#, token: PortfolioTests.bob
        )
        #expect(many.json?["field"]?.string == "holdings")
    }

    @Test("a portfolio is there after a restart, and valued by ticks that touch it alone")
    func restart() async throws {
        let server = try await ServerProcess()
        let id = try await PortfolioTests.make(server, #"{"A":"2","B":"0.000000000000000001"}"#)
        try await PriceTests.tell(server, #"[{"symbol":"A","price":"10"},{"symbol":"B","price":"0.5"}]"#)
        server.kill()
        _ = await server.exitStatus()
        try await server.start()
        let client = try await PortfolioTests.watch(server, id, as: PortfolioTests.ann)
        // Half a smallest step is rounded to the even one, nothing.
        #expect(try await client.push("portfolio_update")["value"]?.string == "20")
        try await PriceTests.tell(server, #"{"symbol":"C","price":"7"}"#)
        try await PriceTests.tell(server, #"{"symbol":"A","price":"11"}"#)
        let update = try await client.push("portfolio_update")
        #expect(update["value"]?.string == "22" && update["offset"]?.integer == 2)
    }

    @Test("who is erased leaves no portfolio, and readers of theirs are out")
    func erased() async throws {
        let server = try await ServerProcess()
        let id = try await PortfolioTests.make(server)
        let path = "/api/v1/portfolios/\(id)"
        _ = try await server.http("PUT", path + "/shares/u_bob", token: PortfolioTests.ann)
        let client = try await PortfolioTests.watch(server, id, as: PortfolioTests.bob)
        let erase = try await server.http(
            "POST", "/api/v1/me/erase", #"{"confirm":"u_ann"}"#, token: PortfolioTests.ann)
        #expect(erase.status == 202, "\(erase.text)")
        _ = try await client.take(within: 20) { $0["code"]?.string == "forbidden" }
        #expect(try await server.http("GET", path, token: PortfolioTests.bob).status == 404)
    }
}
