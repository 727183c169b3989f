import JSON
import StoaTesting
import Testing

@Suite("Alerts on portfolios of several processes", .timeLimit(.minutes(4)))
struct SharedPortfolioAlertTests {
    private static let feed = ServerProcess.token("feed", publish: ["price:*"])
    private static let ann = ServerProcess.token("u_ann")

    private static func tell(_ server: ServerProcess, _ price: Int) async throws {
        let answer = try await server.http(
            "POST", "/api/v1/prices", #"{"symbol":"A","price":"\#(price)"}"#, token: feed)
        #expect(answer.status == 200, "\(answer.text)")
    }

    private static func counts(_ server: ServerProcess) async throws -> [Int64] {
        let list = try await server.http("GET", "/api/v1/me/notifications?limit=100", token: ann)
        return (list.json?["notifications"]?.array ?? []).compactMap {
            $0["data"]?["trigger_count"]?.integer
        }.sorted()
    }

    @Test(
        "one of them judges a portfolio's value, each crossing fires once, and another goes on after its death"
    )
    func once() async throws {
        let service = try await SharedService(["metrics.listen": "127.0.0.1:0"])
        let (first, second) = (service.servers[0], service.servers[1])
        try await SharedPortfolioAlertTests.tell(second, 9)
        let made = try await second.http(
            "POST", "/api/v1/portfolios", #"{"name":"Main","holdings":{"A":"2"}}"#,
            token: SharedPortfolioAlertTests.ann)
        let portfolio = try #require(made.json?["id"]?.string, "\(made.text)")
        let alert = try await second.http(
            "POST", "/api/v1/alerts",
            #"{"kind":"portfolio_value","portfolio":"\#(portfolio)","operator":"crosses","value":"20"}"#,
            token: SharedPortfolioAlertTests.ann)
        #expect(alert.status == 201, "\(alert.text)")
        let client = try await service.client("u_ann", at: 1)
        // Whichever process is told, and whichever judges: each next price once the last one has fired.
        for number in 1...6 {
            try await SharedPortfolioAlertTests.tell(service.servers[number % 2], number % 2 == 1 ? 11 : 9)
            try await eventually("crossing \(number) fires", within: 30) {
                try await SharedPortfolioAlertTests.counts(second).last == Int64(number)
            }
        }
        let event = try await client.push("alert_triggered", within: 30)
        #expect(event["kind"]?.string == "portfolio_value" && event["portfolio"]?.string == portfolio)
        // On a machine that lags the duty may just be changing hands.
        var watched: [Double] = []
        try await eventually("one of them judges", within: 30) {
            watched = []
            for server in service.servers {
                watched.append(try await server.metrics()("stoa_portfolios_watched"))
            }
            return watched.sorted() == [0, 1]
        }
        // The one that judges dies, in the midst of a crossing.
        let (dying, other) = watched[0] == 1 ? (first, second) : (second, first)
        try await SharedPortfolioAlertTests.tell(other, 11)
        dying.kill()
        try await eventually("the other one goes on", within: 30) {
            try await SharedPortfolioAlertTests.counts(other).last == 7
        }
        try await SharedPortfolioAlertTests.tell(other, 9)
        try await eventually("and judges the next", within: 30) {
            try await SharedPortfolioAlertTests.counts(other).last == 8
        }
        #expect(try await SharedPortfolioAlertTests.counts(other) == Array(1...8))
    }
}
