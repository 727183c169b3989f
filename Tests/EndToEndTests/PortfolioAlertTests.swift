import JSON
import StoaTesting
import Testing

@Suite("Alerts on portfolios over the wire (B6)")
struct PortfolioAlertTests {
    static let ann = ServerProcess.token("u_ann")
    static let bob = ServerProcess.token("u_bob")

    /// A portfolio of two A, of Ann.
    static func make(_ server: ServerProcess) async throws -> String {
        let answer = try await server.http(
            "POST", "/api/v1/portfolios", #"{"name":"Main","holdings":{"A":"2"}}"#, token: ann)
        return try #require(answer.json?["id"]?.string, "\(answer.text)")
    }

    static func watch(
        _ server: ServerProcess, _ portfolio: String, _ comparison: String, _ value: String,
        _ more: String = "", token: String = ann
    ) async throws -> HTTPAnswer {
        try await server.http(
            "POST", "/api/v1/alerts",
            """
            {"kind":"portfolio_value","portfolio":"\(portfolio)","operator":"\(comparison)","value":"\(value)"\(more)}
            """, token: token)
    }

    private static func id(_ answer: HTTPAnswer) throws -> String {
        try #require(answer.json?["id"]?.string, "\(answer.text)")
    }

    private static func share(_ server: ServerProcess, _ portfolio: String, _ method: String) async throws {
        let path = "/api/v1/portfolios/\(portfolio)/shares/u_bob"
        #expect(try await server.http(method, path, token: ann).status == 200)
    }

    private static func watched(_ server: ServerProcess) async throws -> Double {
        try await server.metrics()("stoa_portfolios_watched")
    }

    private static let metrics = ["metrics.listen": "127.0.0.1:0"]

    /// What somebody was told of alerts that have ended.
    private static func ended(_ server: ServerProcess, _ token: String) async throws -> [String] {
        let list = try await server.http("GET", "/api/v1/me/notifications", token: token)
        return (list.json?["notifications"]?.array ?? []).compactMap { $0["data"]?["ended"]?.string }
    }

    @Test("its value is watched though nobody listens, from what it was worth before, also after a restart")
    func fires() async throws {
        let server = try await ServerProcess(["loops": "2"])
        try await AlertTests.tell(server, "10")
        let portfolio = try await PortfolioAlertTests.make(server)
        let above = try PortfolioAlertTests.id(
            try await PortfolioAlertTests.watch(server, portfolio, ">=", "22"))
        let crossing = try PortfolioAlertTests.id(
            try await PortfolioAlertTests.watch(server, portfolio, "crosses", "21"))
        var client = try await TestClient(server, token: PortfolioAlertTests.ann)
        try await AlertTests.tell(server, "11")
        var fired: [String: JSONValue] = [:]
        for _ in 0..<2 {
            let event = try await client.push("alert_triggered", within: 30)
            #expect(event["kind"]?.string == "portfolio_value" && event["current"]?.string == "22")
            #expect(event["portfolio"]?.string == portfolio && event["trigger_count"]?.integer == 1)
            fired[event["alert"]?.string ?? ""] = event["value"]
        }
        #expect(fired == [above: .string("22"), crossing: .string("21")])
        server.kill()
        _ = await server.exitStatus()
        try await server.start()
        client = try await TestClient(server, token: PortfolioAlertTests.ann)
        // Down through 21, and up again; the same value as before the restart is no news.
        try await AlertTests.tell(server, "10")
        // Around a kill a push may come twice: those of before are passed over.
        let isNews: @Sendable (JSONValue) -> Bool = { ($0["trigger_count"]?.integer ?? 0) > 1 }
        let down = try await client.push("alert_triggered", within: 30, where: isNews)
        #expect(down["alert"]?.string == crossing && down["current"]?.string == "20")
        let held = try await server.http(
            "PUT", "/api/v1/portfolios/\(portfolio)/holdings/A", #"{"amount":"3"}"#,
            token: PortfolioAlertTests.ann)
        #expect(held.status == 200)
        var counts: [String: Int64] = [:]
        for _ in 0..<2 {
            let event = try await client.push("alert_triggered", within: 30, where: isNews)
            #expect(event["current"]?.string == "30")
            counts[event["alert"]?.string ?? ""] = event["trigger_count"]?.integer
        }
        #expect(counts == [above: 2, crossing: 3])
    }

    @Test("it is kept open while an active alert watches it, and so many are")
    func bounds() async throws {
        let server = try await ServerProcess(
            PortfolioAlertTests.metrics.merging(["portfolios.watched": "1"]) { $1 })
        let first = try await PortfolioAlertTests.make(server)
        let second = try await PortfolioAlertTests.make(server)
        let alert = try PortfolioAlertTests.id(try await PortfolioAlertTests.watch(server, first, ">", "1"))
        #expect(try await PortfolioAlertTests.watch(server, first, ">", "2").status == 201)
        let full = try await PortfolioAlertTests.watch(server, second, ">", "1")
        #expect(full.status == 409 && full.code == "conflict" && full.json?["field"]?.string == "portfolio")
        try await eventually("one is open", within: 20) { try await PortfolioAlertTests.watched(server) == 1 }
        let list = try await server.http(
            "GET", "/api/v1/alerts?symbol=\(first)", token: PortfolioAlertTests.ann)
        for id in (list.json?["alerts"]?.array ?? []).compactMap({ $0["id"]?.string }) where id != alert {
            _ = try await server.http("DELETE", "/api/v1/alerts/\(id)", token: PortfolioAlertTests.ann)
        }
        let off = try await server.http(
            "PATCH", "/api/v1/alerts/\(alert)", #"{"active":false}"#, token: PortfolioAlertTests.ann)
        #expect(off.status == 200)
        try await eventually("none is open", within: 20) {
            try await server.metrics()("stoa_portfolios_open") == 0
        }
        #expect(try await PortfolioAlertTests.watch(server, second, ">", "1").status == 201)
        let on = try await server.http(
            "PATCH", "/api/v1/alerts/\(alert)", #"{"active":true}"#, token: PortfolioAlertTests.ann)
        #expect(on.status == 409 && on.code == "conflict")
    }

    @Test("who may read it may watch it, until it is shared with them no more")
    func shared() async throws {
        let server = try await ServerProcess(PortfolioAlertTests.metrics)
        let portfolio = try await PortfolioAlertTests.make(server)
        let (bob, ann) = (PortfolioAlertTests.bob, PortfolioAlertTests.ann)
        let unknown = try await PortfolioAlertTests.watch(server, portfolio, ">", "1", token: bob)
        #expect(unknown.status == 404 && unknown.code == "not_found")
        try await PortfolioAlertTests.share(server, portfolio, "PUT")
        let his = try PortfolioAlertTests.id(
            try await PortfolioAlertTests.watch(server, portfolio, ">", "1", token: bob))
        _ = try await PortfolioAlertTests.watch(server, portfolio, ">", "1")
        let (client, owner) = (
            try await TestClient(server, token: bob), try await TestClient(server, token: ann)
        )
        try await AlertTests.tell(server, "1")
        #expect(try await client.push("alert_triggered", within: 30)["alert"]?.string == his)
        _ = try await client.push("notification", within: 30)
        try await PortfolioAlertTests.share(server, portfolio, "DELETE")
        let note = try await client.push("notification", within: 30)
        #expect(note["kind"]?.string == "alert" && note["data"]?["ended"]?.string == "revoked")
        #expect(note["title"]?.string?.hasSuffix("” is not shared with you any more") == true)
        #expect(note["data"]?["alert"]?.string == his)
        let alert = try await server.http("GET", "/api/v1/alerts/\(his)", token: bob)
        #expect(alert.json?["active"]?.bool == false && alert.json?["trigger_count"]?.integer == 1)
        let on = try await server.http("PATCH", "/api/v1/alerts/\(his)", #"{"active":true}"#, token: bob)
        #expect(on.status == 404)
        // Hers goes on, as does the rest of his.
        _ = try await owner.push("alert_triggered", within: 30)
        #expect(
            try await server.http("PATCH", "/api/v1/alerts/\(his)", #"{"note":"x"}"#, token: bob).status
                == 200)
        #expect(try await PortfolioAlertTests.watched(server) == 1)
    }

    @Test("a portfolio that is deleted takes its alerts with it, and readers are told; so does an owner")
    func gone() async throws {
        let server = try await ServerProcess(PortfolioAlertTests.metrics)
        let (bob, ann) = (PortfolioAlertTests.bob, PortfolioAlertTests.ann)
        for isErased in [false, true] {
            let portfolio = try await PortfolioAlertTests.make(server)
            try await PortfolioAlertTests.share(server, portfolio, "PUT")
            let ids = [
                try PortfolioAlertTests.id(try await PortfolioAlertTests.watch(server, portfolio, ">", "1")),
                try PortfolioAlertTests.id(
                    try await PortfolioAlertTests.watch(server, portfolio, ">", "1", token: bob)),
            ]
            try await eventually("it is open", within: 20) {
                try await PortfolioAlertTests.watched(server) == 1
            }
            if isErased {
                let erase = try await server.http(
                    "POST", "/api/v1/me/erase", #"{"confirm":"u_ann"}"#, token: ann)
                #expect(erase.status == 202, "\(erase.text)")
            } else {
                let delete = try await server.http("DELETE", "/api/v1/portfolios/\(portfolio)", token: ann)
                #expect(delete.status == 204)
            }
            try await eventually("it is closed", within: 20) {
                try await PortfolioAlertTests.watched(server) == 0
            }
            for (id, token) in zip(ids, [ann, bob]) where !(isErased && token == ann) {
                #expect(try await server.http("GET", "/api/v1/alerts/\(id)", token: token).status == 404)
            }
            #expect(try await PortfolioAlertTests.ended(server, bob) == ["deleted"])
            if !isErased { #expect(try await PortfolioAlertTests.ended(server, ann).isEmpty) }
        }
    }
}
