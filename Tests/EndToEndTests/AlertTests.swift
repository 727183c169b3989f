import Foundation
import JSON
import StoaTesting
import Testing

@Suite("Alerts over the wire (B6)")
struct AlertTests {
    static let ann = ServerProcess.token("u_ann")

    static func make(
        _ server: ServerProcess, _ comparison: String, _ value: String, _ more: String = "",
        symbol: String = "A", token: String = ann
    ) async throws -> HTTPAnswer {
        try await server.http(
            "POST", "/api/v1/alerts",
            #"{"symbol":"\#(symbol)","operator":"\#(comparison)","value":"\#(value)"\#(more)}"#, token: token)
    }

    static func tell(_ server: ServerProcess, _ price: String, symbol: String = "A") async throws {
        let answer = try await PriceTests.tell(server, #"{"symbol":"\#(symbol)","price":"\#(price)"}"#)
        #expect(answer.status == 200, "\(answer.text)")
    }

    static func alert(_ server: ServerProcess, _ id: String) async throws -> JSONValue? {
        try await server.http("GET", "/api/v1/alerts/\(id)", token: ann).json
    }

    @Test("it fires when its condition becomes true, is told on all connections, and rings")
    func fires() async throws {
        let server = try await ServerProcess(["loops": "2"])
        try await AlertTests.tell(server, "9")
        let made = try await AlertTests.make(server, ">=", "10", #","note":"sell""#)
        #expect(made.status == 201, "\(made.text)")
        let id = try #require(made.json?["id"]?.string)
        let clients = [
            try await TestClient(server, token: AlertTests.ann),
            try await TestClient(server, token: AlertTests.ann),
        ]
        for price in ["9.5", "10.5", "11", "9", "10"] { try await AlertTests.tell(server, price) }
        for client in clients {
            for (count, price) in [(1, "10.5"), (2, "10")] {
                let event = try await client.push("alert_triggered")
                #expect(event["alert"]?.string == id && event["symbol"]?.string == "A")
                #expect(event["price"]?.string == price && event["value"]?.string == "10")
                #expect(event["operator"]?.string == ">=" && event["silent"]?.bool == false)
                #expect(event["trigger_count"]?.integer == Int64(count))
                let note = try await client.push("notification")
                #expect(note["notification_id"] == event["notification_id"])
                let words = count == 1 ? "A rose to 10: now 10.50" : "A rose to 10"
                #expect(note["title"]?.string == words && note["kind"]?.string == "alert")
                #expect(note["body"]?.string == "sell")
            }
        }
        let alert = try await AlertTests.alert(server, id)
        #expect(alert?["trigger_count"]?.integer == 2 && alert?["active"]?.bool == true)
    }

    @Test("a price from before an alert counts: crossing needs it, and what is true fires at the next one")
    func before() async throws {
        let server = try await ServerProcess()
        try await AlertTests.tell(server, "12")
        let client = try await TestClient(server, token: AlertTests.ann)
        _ = try await AlertTests.make(server, "crosses", "10")
        _ = try await AlertTests.make(server, ">", "11")
        _ = try await AlertTests.make(server, "<", "10", #","repeat":"once""#)
        try await AlertTests.tell(server, "11.5")
        #expect(try await client.push("alert_triggered")["operator"]?.string == ">")
        for price in ["9", "11", "9"] { try await AlertTests.tell(server, price) }
        var fired: [String] = []
        for _ in 0..<4 {
            let event = try await client.push("alert_triggered")
            fired.append("\(event["operator"]?.string ?? "") \(event["price"]?.string ?? "")")
        }
        #expect(fired.sorted() == ["< 9", "crosses 11", "crosses 9", "crosses 9"])
        let list = try await server.http("GET", "/api/v1/alerts?symbol=A", token: AlertTests.ann)
        #expect(list.json?["alerts"]?.array?.map { $0["active"]?.bool } == [false, true, true])
    }

    @Test("what is switched off, changed or deleted fires by what it is now")
    func changes() async throws {
        let server = try await ServerProcess()
        let client = try await TestClient(server, token: AlertTests.ann)
        var ids: [String] = []
        for value in ["10", "20", "30"] {
            let made = try await AlertTests.make(server, ">=", value)
            ids.append(try #require(made.json?["id"]?.string))
        }
        let off = try await server.http(
            "PATCH", "/api/v1/alerts/\(ids[0])", #"{"active":false}"#, token: AlertTests.ann)
        #expect(off.json?["active"]?.bool == false, "\(off.text)")
        let changed = try await server.http(
            "PATCH", "/api/v1/alerts/\(ids[1])", #"{"value":"12","note":"soon"}"#, token: AlertTests.ann)
        #expect(changed.json?["value"]?.string == "12")
        let deleted = try await server.http("DELETE", "/api/v1/alerts/\(ids[2])", token: AlertTests.ann)
        #expect(deleted.status == 204)
        try await AlertTests.tell(server, "50")
        #expect(try await client.push("alert_triggered")["alert"]?.string == ids[1])
        _ = try await server.http(
            "PATCH", "/api/v1/alerts/\(ids[0])", #"{"active":true}"#, token: AlertTests.ann)
        try await AlertTests.tell(server, "51")
        #expect(try await client.push("alert_triggered")["alert"]?.string == ids[0])
        // Another's is not there.
        for method in ["GET", "PATCH", "DELETE"] {
            let answer = try await server.http(
                method, "/api/v1/alerts/\(ids[1])", method == "PATCH" ? "{}" : nil,
                token: ServerProcess.token("u_bob"))
            #expect(answer.status == 404 && answer.code == "not_found")
        }
    }

    @Test("what is no alert is refused by its field; a person has so many")
    func refused() async throws {
        let server = try await ServerProcess(["alerts.per_person": "2"])
        for (body, field) in [
            (#"{"operator":">","value":"1"}"#, "symbol"), (#"{"symbol":"A","value":"1"}"#, "operator"),
            (#"{"symbol":"A","operator":"=","value":"1"}"#, "operator"),
            (#"{"symbol":"A","operator":">"}"#, "value"),
            (#"{"symbol":"A","operator":">","value":"-1"}"#, "value"),
            (#"{"symbol":"A","operator":">","value":"x"}"#, "value"),
            (#"{"kind":"risk_score","symbol":"A","operator":">","value":"101"}"#, "value"),
            (#"{"kind":"moon","symbol":"A","operator":">","value":"1"}"#, "kind"),
            (#"{"kind":"portfolio_value","operator":">","value":"1"}"#, "portfolio"),
            (#"{"symbol":"A","operator":">","value":"1","repeat":"often"}"#, "repeat"),
            (#"{"symbol":"A","operator":">","value":"1","cooldown_ms":-1}"#, "cooldown_ms"),
        ] {
            let answer = try await server.http("POST", "/api/v1/alerts", body, token: AlertTests.ann)
            #expect(answer.status == 400 && answer.json?["field"]?.string == field, "\(body) \(answer.text)")
        }
        let portfolio = try await server.http(
            "POST", "/api/v1/alerts",
            #"{"kind":"portfolio_value","portfolio":"p","operator":">","value":"1"}"#, token: AlertTests.ann)
        #expect(portfolio.status == 404)
        let first = try await AlertTests.make(server, ">", "1", #","client_id":"c1""#)
        let again = try await AlertTests.make(server, ">", "1", #","client_id":"c1""#)
        #expect(first.status == 201 && again.status == 200 && first.json?["id"] == again.json?["id"])
        #expect(try await AlertTests.make(server, ">", "1").status == 201)
        let third = try await AlertTests.make(server, ">", "1")
        #expect(third.status == 409 && third.code == "conflict")
    }

    @Test("a hundred that fire at once are told at once")
    func many() async throws {
        let server = try await ServerProcess(["alerts.per_person": "200"])
        for number in 1...100 { _ = try await AlertTests.make(server, ">", "\(number)") }
        let client = try await TestClient(server, token: AlertTests.ann)
        try await AlertTests.tell(server, "1000")
        var ids: Set<String> = []
        while ids.count < 100 {
            ids.insert(try #require(try await client.push("alert_triggered")["alert"]?.string))
        }
        // How soon, loadtest measures: within 200 ms by the bar.
        let list = try await server.http(
            "GET", "/api/v1/me/notifications?limit=100", token: AlertTests.ann)
        #expect(list.json?["notifications"]?.array?.count == 100)
    }

    @Test("a server killed at any moment evaluates each price once, and tells of each firing once")
    func killed() async throws {
        let server = try await ServerProcess()
        let id = try #require(try await AlertTests.make(server, ">=", "10").json?["id"]?.string)
        // Each pair crosses once. A tick that may have been taken is told again, as itself.
        var sequence = 0
        for round in 0..<6 {
            for pair in 0..<4 {
                for price in ["9", "11"] {
                    sequence += 1
                    let body =
                        #"{"symbol":"A","price":"\#(price)","at":\#(1_763_712_000_000 + sequence),"sequence":\#(sequence)}"#
                    var isTaken = false
                    if pair == round % 4, price == "11" {
                        // Somewhere between the tick and the push.
                        async let answer = PriceTests.tell(server, body)
                        try await Task.sleep(for: .microseconds(300 * round))
                        server.kill()
                        isTaken = (try? await answer)?.status == 200
                        _ = await server.exitStatus()
                        try await server.start()
                    }
                    if !isTaken { #expect(try await PriceTests.tell(server, body).status == 200) }
                }
            }
        }
        try await eventually("all have fired") {
            try await AlertTests.alert(server, id)?["trigger_count"]?.integer == 24
        }
        let list = try await server.http(
            "GET", "/api/v1/me/notifications?limit=100", token: AlertTests.ann)
        let counts = (list.json?["notifications"]?.array ?? []).compactMap {
            $0["data"]?["trigger_count"]?.integer
        }
        #expect(counts.sorted() == Array(1...24))
    }
}
